#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/small_run.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

/// The lines of metrics.jsonl of a run of small_config with other settings.
std::vector<json> epochs_of(const std::vector<std::string>& overrides) {
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  std::vector<std::string> arguments{"train", "config.json", "--quiet", "--out", "run"};
  for (const std::string& assignment : overrides) {
    arguments.insert(arguments.end(), {"-o", assignment});
  }
  const Outcome outcome = run(arguments, {.folder = folder.path()});
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  std::vector<json> lines;
  std::istringstream log(read_text(folder / "run/metrics.jsonl"));
  for (std::string line; std::getline(log, line);) lines.push_back(json::parse(line));
  return lines;
}

constexpr double lr = 0.01;  // of small_config

}  // namespace

TEST_CASE("without schedules every epoch has the optimizer's learning rate") {
  for (const json& epoch : epochs_of({})) CHECK(epoch["lr"] == lr);
}

TEST_CASE("schedules multiply, and the log has the rate of each epoch's last step") {
  const std::vector<json> epochs =
      epochs_of({"train.epochs=6", "train.patience=null",
                 "lr_schedules=[{\"type\":\"warm_up\",\"epochs\":2,\"start_factor\":0.25},"
                 "{\"type\":\"step\",\"step_size\":3,\"gamma\":0.5}]"});
  // 140 rows to train on make 135 windows, which make 9 batches: 18 steps of warm-up.
  const double last_steps[] = {0.25 + 0.75 * 8 / 18, 0.25 + 0.75 * 17 / 18, 1, 0.5, 0.5, 0.5};
  REQUIRE(epochs.size() == std::size(last_steps));
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    CAPTURE(i);
    CHECK(epochs[i]["lr"].get<double>() == doctest::Approx(lr * last_steps[i]).epsilon(1e-12));
  }
}

TEST_CASE("a schedule changes what is learned, from the epoch in which it acts") {
  const std::vector<json> plain = epochs_of({});
  const std::vector<json> constant = epochs_of({"lr_schedules=[{\"type\":\"constant\"}]"});
  const std::vector<json> step =
      epochs_of({"lr_schedules=[{\"type\":\"step\",\"step_size\":1,\"gamma\":0.5}]"});
  CHECK(constant == plain);
  CHECK(step[0] == plain[0]);
  CHECK(step[1]["lr"] == lr / 2);
  CHECK(step[1]["train_loss"] != plain[1]["train_loss"]);
}

TEST_CASE("a plateau is looked for from the epoch that completes the pruning ramp") {
  constexpr std::size_t settled = 4;  // 1 epoch of warm-up, 4 of ramp
  const std::vector<json> epochs =
      epochs_of({"train.epochs=14", "train.patience=null", "optimizer.lr=0.1",
                 "regularizers.0.ramp_epochs=4", "regularizers.0.max_sparsity=0.9",
                 "lr_schedules=[{\"type\":\"reduce_on_plateau\",\"factor\":0.5,\"patience\":0}]"});
  REQUIRE(epochs.size() == 14);
  double expected = 0.1;
  double best = std::numeric_limits<double>::infinity();
  double best_on_the_ramp = best;
  int reductions = 0;
  bool would_have_acted = false;
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    CAPTURE(i);
    CHECK(epochs[i]["lr"].get<double>() == doctest::Approx(expected).epsilon(1e-12));
    const double loss = epochs[i]["validation_loss"];
    if (i < settled) {
      would_have_acted = would_have_acted || loss > best_on_the_ramp;
      best_on_the_ramp = std::min(best_on_the_ramp, loss);
    } else if (loss < best * (1 - 1e-4)) {
      best = loss;
    } else {
      expected /= 2;
      ++reductions;
    }
  }
  CHECK(would_have_acted);
  CHECK(reductions > 0);
}
