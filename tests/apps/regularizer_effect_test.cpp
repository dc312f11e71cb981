// Which regularizers a run accepts, and what one that would change nothing is told.

#include "apps/training/regularizer_effect.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "apps/usage_error.h"
#include "models/registry.h"
#include "optim/registry.h"
#include "regularizers/registry.h"
#include "tests/apps/data_files.h"

using namespace espalier;
using namespace espalier::testing;

namespace {

/// Sixty rows of two columns.
std::string small_table() {
  std::string text = "y,z\n";
  for (int row = 0; row < 60; ++row) {
    text += std::to_string(row * 7 % 13) + "," + std::to_string(row * 5 % 11) + "\n";
  }
  return text;
}

template <typename Registry>
ComponentConfig component(const Registry& registry, const std::string& name) {
  const auto entry = std::ranges::find(registry, name, [](const auto& e) { return e.info.name; });
  REQUIRE(entry != registry.end());
  return {name, Settings::defaults(entry->info.settings, Protocol::honest)};
}

/// A run of one model with one regularizer, both at their defaults.
struct Run {
  Run(const std::string& model, const std::string& regularizer) {
    config.data = data_config(table.path(), "y");
    config.data.window = 12;
    config.model = component(model_registry(), model);
    config.optimizer = component(optimizer_registry(), "adam");
    config.regularizers = {component(regularizer_registry(), regularizer)};
    config.train.batch = 8;
  }

  Run& with(const char* setting, const SettingValue& value) {
    config.regularizers.front().settings.set(setting, value);
    return *this;
  }
  Run& layers(std::int64_t layers) {
    config.model.settings.set("layers", layers);
    return *this;
  }
  Run& window(std::int64_t window) {
    config.data.window = window;
    return *this;
  }

  /// Empty if the run is accepted.
  std::string refusal() const {
    const ForecastingTask task = load_task(config.data, config.protocol);
    return error_of([&] { check_regularizers_act(config, task); });
  }

  TemporaryFile table{small_table()};
  Config config;
};

using Names = std::vector<std::string>;

/// Zeroes what is smaller than 0.1: next to nothing of weights that all are large.
class SmallWeightsOnly final : public Regularizer {
 public:
  void after_step(Parameters& parameters, const TrainingProgress&) override {
    for (real& w : parameters.values()) w = std::abs(w) < real(0.1) ? 0 : w;
  }
};

}  // namespace

TEST_CASE("regularizers of states and recurrent weights: accepted by recurrent models alone") {
  for (const ModelEntry& entry : model_registry()) {
    const Run plain(entry.info.name, "none");
    const auto model =
        entry.make(plain.config.model.settings, {.window = 12, .features = 2, .own_past = {0}});
    const bool recurrent = std::ranges::any_of(
        model->parameters().all(), [](const Parameter& p) { return p.traits().recurrent; });
    for (const char* regularizer : {"zoneout", "weight_drop"}) {
      INFO(entry.info.name, " with ", regularizer);
      CHECK((Run(entry.info.name, regularizer).refusal() == "") == recurrent);
    }
    for (const char* regularizer : {"dropout", "mc_dropout", "variational_dropout"}) {
      INFO(entry.info.name, " with ", regularizer, " at recurrent");
      Run run(entry.info.name, regularizer);
      CHECK((run.with("sites", Names{"recurrent"}).refusal() == "") == recurrent);
    }
  }
}

TEST_CASE("a refusal lists the sites that the model offers, recurrent included") {
  Run run("lstm", "dropout");
  run.with("sites", Names{"hidden"});
  check_says(run.refusal(), "the lstm offers activations at: input, recurrent, head)");
  check_says(run.layers(2).with("rate", 0.0).refusal(),
             "the lstm offers activations at: input, hidden, recurrent, head)");
  CHECK(run.with("rate", 0.3).refusal() == "");
}

TEST_CASE("going step by step is no effect of its own") {
  // The window's only step starts from states of zero: there is nothing to drop.
  CHECK(Run("gru", "dropout").with("sites", Names{"recurrent"}).window(2).refusal() == "");
  check_says(Run("gru", "dropout").with("sites", Names{"recurrent"}).window(1).refusal(),
             "\"dropout\" changes nothing");
  check_says(Run("lstm", "weight_drop").window(1).refusal(), "\"weight_drop\" changes nothing");
  // A GRU has no cell state.
  CHECK(Run("lstm", "zoneout").with("hidden_rate", 0.0).refusal() == "");
  check_says(Run("gru", "zoneout").with("hidden_rate", 0.0).refusal(),
             "\"zoneout\" changes nothing");
}

TEST_CASE("rates of 0 are refused, rates so small that a trial may draw nothing are not") {
  check_says(Run("lstm", "zoneout").with("hidden_rate", 0.0).with("cell_rate", 0.0).refusal(),
             "changes nothing");
  check_says(Run("lstm", "mc_dropout").with("rate", 0.0).refusal(), "changes nothing");
  Run run("rnn", "zoneout");
  run.config.model.settings.set("hidden", std::int64_t{1});
  CHECK(run.with("hidden_rate", 0.001).refusal() == "");
}

TEST_CASE("a regularizer may act on small weights alone") {
  Run run("lstm", "max_norm");
  run.config.model.settings.set("hidden", std::int64_t{4});
  CHECK(run.refusal() == "");
  const ForecastingTask task = load_task(run.config.data, run.config.protocol);
  Learner learner = make_learner(run.config, task.frame);
  learner.regularizers.clear();
  learner.regularizers.push_back(std::make_unique<SmallWeightsOnly>());
  CHECK(regularizer_acts(learner, task, {.epochs = 1, .batches_per_epoch = 1}));
  learner.regularizers.front() = std::make_unique<Regularizer>();
  CHECK(!regularizer_acts(learner, task, {.epochs = 1, .batches_per_epoch = 1}));
}
