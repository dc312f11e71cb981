// Trials of real models and regularizers: what they share, and what is said where they can't be.

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/comparison/block_tasks.h"
#include "apps/comparison/read_comparison.h"
#include "apps/comparison/trial.h"
#include "apps/training/learner.h"
#include "apps/usage_error.h"
#include "tests/apps/data_files.h"

namespace espalier {
namespace {

Comparison real_comparison(const std::vector<std::string>& overrides = {}) {
  const std::string text = R"({"trials": 2, "model": {"hidden": 3}, "train": {"epochs": 2},
    "data": {"path": ")" + testing::own_data("seattle-weather.csv") +
                           R"(",
             "time": "date", "target": "temp_max", "rows": 100},
    "grid": {"model": [{"type": "lstm"}, {"type": "rnn"}], "data.window": [3, 5],
             "optimizer.lr": [0.01, 0.001]},
    "arms": {"none": [], "drop": [{"type": "dropout", "rate": 0.3}],
             "pruned": [{"type": "synaptic_pruning", "max_sparsity": 0.5, "warmup_epochs": 1}]}})";
  return parse_comparison(text, "test.json", overrides, {}, registered_components());
}

std::vector<real> initial_weights(const Comparison& comparison, const BlockTasks& tasks,
                                  const TrialKey& key) {
  const Learner learner = make_learner(trial_config(comparison, key), tasks[key.block]->frame);
  const auto values = learner.model->parameters().values();
  return {values.begin(), values.end()};
}

TEST_CASE("trials of one number begin with the same weights in every arm, others with others") {
  const Comparison comparison = real_comparison();
  const BlockTasks tasks = load_block_tasks(comparison);
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    const std::vector<real> first = initial_weights(comparison, tasks, {block, 0, 0});
    const std::vector<real> second = initial_weights(comparison, tasks, {block, 0, 1});
    REQUIRE(first.size() > 10);
    CHECK(first != second);
    for (const std::size_t arm : {1U, 2U}) {
      CHECK(initial_weights(comparison, tasks, {block, arm, 0}) == first);
      CHECK(initial_weights(comparison, tasks, {block, arm, 1}) == second);
    }
  }
}

TEST_CASE("blocks on the same windows share their data, others don't") {
  const Comparison comparison = real_comparison();
  const BlockTasks tasks = load_block_tasks(comparison);
  REQUIRE(tasks.size() == 8);
  for (std::size_t a = 0; a < 8; ++a) {
    for (std::size_t b = 0; b < 8; ++b) {
      const bool same = comparison.blocks[a].window == comparison.blocks[b].window;
      CHECK((tasks[a] == tasks[b]) == same);
    }
  }
}

TEST_CASE("a trial is a function of its config, and keeps forecasts of the shown windows") {
  const Comparison comparison = real_comparison();
  const BlockTasks tasks = load_block_tasks(comparison);
  TrainingObserver nobody;
  const auto result = [&](const TrialKey& key, bool keep) {
    return run_trial(trial_config(comparison, key), *tasks[key.block], keep, nobody).result;
  };
  const TrialResult first = result({0, 2, 0}, true);
  const TrialResult again = result({0, 2, 0}, false);
  const TrialResult other = result({0, 2, 1}, false);
  REQUIRE(first.metrics.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(first.metrics[i].value == again.metrics[i].value);
    CHECK(first.metrics[i].value != other.metrics[i].value);
  }
  CHECK(first.epochs.size() == 2);
  CHECK(first.scored_epoch < 2);
  const BlockReference reference = score_references(comparison.configs[0], *tasks[0]);
  CHECK(reference.target == "temp_max");
  CHECK(reference.baselines.front().name == "persistence");
  CHECK(first.shown_forecasts.size() == reference.shown_actual.size());
  CHECK(reference.shown_times.size() == reference.shown_actual.size());
  CHECK(reference.shown_times.back() == "2012-04-09");  // the last of 100 days from 2012-01-01
  CHECK(again.shown_forecasts.empty());
  // Few enough windows that all are shown: their mean absolute error is the trial's.
  REQUIRE(first.shown_forecasts.size() == tasks[0]->split.test.size());
  double sum = 0;
  for (std::size_t i = 0; i < first.shown_forecasts.size(); ++i) {
    sum += std::abs(first.shown_forecasts[i] - reference.shown_actual[i]);
  }
  CHECK(sum / static_cast<double>(first.shown_forecasts.size()) ==
        doctest::Approx(first.metrics[0].value));
}

TEST_CASE("a trial of quantiles is scored by its medians") {
  const Comparison comparison = real_comparison({"train.loss=quantile"});
  const BlockTasks tasks = load_block_tasks(comparison);
  TrainingObserver nobody;
  const TrialResult trial =
      run_trial(trial_config(comparison, {0, 2, 0}), *tasks[0], true, nobody).result;
  const BlockReference reference = score_references(comparison.configs[0], *tasks[0]);
  REQUIRE(trial.shown_forecasts.size() == tasks[0]->split.test.size());
  double sum = 0;
  for (std::size_t i = 0; i < trial.shown_forecasts.size(); ++i) {
    sum += std::abs(trial.shown_forecasts[i] - reference.shown_actual[i]);
  }
  CHECK(sum / static_cast<double>(trial.shown_forecasts.size()) ==
        doctest::Approx(trial.metrics[0].value));
}

TEST_CASE("an arm that changes nothing is told with the first block where it doesn't") {
  const auto error = [](const std::string& arm, int threads) {
    const Comparison comparison = real_comparison({"arms.drop=" + arm});
    const BlockTasks tasks = load_block_tasks(comparison);
    return testing::error_of([&] { check_arms_act(comparison, tasks, threads); });
  };
  CHECK(error(R"([{"type": "dropout", "rate": 0.2}])", 2) == "");
  const std::string idle = R"([{"type": "dropout", "sites": ["attention"]}])";
  const std::string message = error(idle, 1);
  CHECK(message.starts_with("seattle-weather-lstm-3-0.01, arm drop: "));
  CHECK(error(idle, 2) == message);
}

}  // namespace
}  // namespace espalier
