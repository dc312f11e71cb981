// Every registered model with every registered regularizer, and some stacks of them, through the
// training loop: broken off and resumed, saved and loaded, the bytes are the same.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/sections.h"
#include "apps/run/checkpoint.h"
#include "apps/training/forecaster.h"
#include "apps/training/trainer.h"
#include "core/safetensors.h"
#include "models/registry.h"
#include "optim/registry.h"
#include "regularizers/registry.h"
#include "tests/apps/small_catalogue.h"
#include "tests/support/small_model.h"

namespace espalier {
namespace {

using Types = std::vector<std::string>;

/// Checks masks after every step; asks for a break after so many.
class MaskWatch final : public TrainingObserver {
 public:
  MaskWatch(Learner& learner, int steps) : learner_(learner), steps_left_(steps) {}
  void on_step(const TrainingProgress&, double loss) override {
    Parameters& parameters = learner_.model->parameters();
    sound_ = sound_ && std::isfinite(loss);
    for (std::size_t i = 0; i < parameters.values().size(); ++i) {
      sound_ = sound_ && (parameters.masks()[i] != 0 || parameters.values()[i] == 0);
    }
  }
  bool should_interrupt() override { return --steps_left_ == 0; }
  bool sound() const { return sound_; }

 private:
  Learner& learner_;
  int steps_left_;
  bool sound_ = true;
};

template <typename Bytes>
std::string bytes_of(const Bytes& slab) {
  return {reinterpret_cast<const char*>(slab.data()), slab.size() * sizeof(*slab.data())};
}

/// Weights, masks and all optimizer state.
std::string state_of(Learner& learner) {
  Parameters& parameters = learner.model->parameters();
  std::string bytes = bytes_of(parameters.values()) + bytes_of(parameters.masks());
  for (const Parameters::State& state : parameters.states()) bytes += bytes_of(state.slab);
  return bytes;
}

class Pair {
 public:
  Pair(const testing::ScratchFolder& folder, const ModelEntry& model, const Types& regularizers,
       const std::vector<double>& quantiles = {})
      : folder_(folder) {
    std::string csv = "a,b,c\n";
    for (int row = 0; row < 40; ++row) {
      for (const double phase : {0.0, 1.0, 2.0}) {
        csv += std::to_string(std::sin(0.7 * row + phase)) + (phase < 2 ? "," : "\n");
      }
    }
    config_.data = data_from_settings(Settings::defaults(data_settings(), Protocol::honest));
    config_.train = train_from_settings(Settings::defaults(train_settings(), Protocol::honest));
    config_.data.path = folder.write("rows.csv", csv);
    config_.data.targets = {"c", "a"};
    config_.data.window = 5;
    config_.data.horizon = 2;
    config_.train.epochs = 4;
    config_.train.batch = 7;
    config_.train.quantiles = quantiles;
    if (!quantiles.empty()) config_.train.loss = quantile_loss;
    config_.model = {model.info.name, test::small_settings(model.info)};
    config_.optimizer = first_of(optimizer_registry());
    for (const std::string& type : regularizers) config_.regularizers.push_back(regularizer(type));
    task_.emplace(load_task(config_.data, config_.protocol));
  }

  /// The state at the end of a run that is broken off after `steps` steps and goes on.
  std::string broken_after(int steps) const {
    Learner before = make_learner(config_, task_->frame);
    Trainer first(config_, *task_, before, 1);
    MaskWatch watch(before, steps);
    TrainingObserver* observers[] = {&watch};
    const Trainer::Outcome outcome = first.run(observers);
    CHECK(watch.sound());
    if (outcome == Trainer::Outcome::finished) return state_of(before);
    save_checkpoint(folder_ / "checkpoint", before, first, {});
    Learner after = make_learner(config_, task_->frame);
    Trainer second(config_, *task_, after, 1);
    load_checkpoint(folder_ / "checkpoint", after, second);
    MaskWatch rest(after, 1000);
    TrainingObserver* other[] = {&rest};
    CHECK(second.run(other) == Trainer::Outcome::finished);
    CHECK(rest.sound());
    return state_of(after);
  }

  /// Whether a model that loads a trained one's weights forecasts the same.
  bool loads_what_it_saved() const {
    Learner trained = make_learner(config_, task_->frame);
    Trainer trainer(config_, *task_, trained, 1);
    trainer.run({});
    save_parameters(folder_ / "weights", trained.model->parameters());
    Learner loaded = make_learner(config_, task_->frame);
    load_parameters(folder_ / "weights", loaded.model->parameters());
    return forecasts(trained) == forecasts(loaded);
  }

 private:
  template <typename Registry>
  static ComponentConfig first_of(const Registry& registry) {
    const ComponentInfo& info = registry.front().info;
    return {info.name, Settings::defaults(info.settings, Protocol::honest)};
  }

  static ComponentConfig regularizer(const std::string& type) {
    for (const RegularizerEntry& entry : regularizer_registry()) {
      if (entry.info.name != type) continue;
      Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
      if (settings.values().contains("samples")) settings.set("samples", std::int64_t{3});
      if (settings.values().contains("every")) settings.set("every", std::int64_t{2});
      return {type, settings};
    }
    FAIL("no regularizer ", type);
    return {};
  }

  std::vector<double> forecasts(const Learner& learner) const {
    return forecast_windows(*learner.model, learner.regularizers, task_->windows, task_->split.test,
                            1)
        .mean;
  }

  const testing::ScratchFolder& folder_;
  Config config_;
  std::optional<ForecastingTask> task_;
};

/// Each regularizer by itself, then stacks.
std::vector<Types> regularizer_lists() {
  std::vector<Types> lists{{"dropout", "synaptic_pruning"},
                           {"variational_dropout", "zoneout", "weight_drop", "pruning", "l1"},
                           {"mc_dropout", "weight_decay", "max_norm", "synaptic_pruning"}};
  for (const RegularizerEntry& entry : regularizer_registry()) lists.push_back({entry.info.name});
  return lists;
}

}  // namespace

TEST_CASE("every model with every regularizer: masks hold, resumed and loaded to the byte") {
  const testing::ScratchFolder folder;
  for (const ModelEntry& model : model_registry()) {
    for (const Types& regularizers : regularizer_lists()) {
      INFO(model.info.name, " with ", regularizers.front(), " (", regularizers.size(), ")");
      const Pair pair(folder, model, regularizers);
      const std::string whole = pair.broken_after(1000);
      // Within the warm-up, and in the middle of an epoch of the ramp.
      CHECK((pair.broken_after(3) == whole));
      CHECK((pair.broken_after(10) == whole));
      CHECK(pair.loads_what_it_saved());
    }
  }
}

TEST_CASE("quantiles with every regularizer: the same") {
  const testing::ScratchFolder folder;
  for (const ModelEntry& model : model_registry()) {
    if (model.info.name != "gru" && model.info.name != "patchtst") continue;
    for (const Types& regularizers : regularizer_lists()) {
      INFO(model.info.name, " with ", regularizers.front(), " (", regularizers.size(), ")");
      const Pair pair(folder, model, regularizers, {0.1, 0.5, 0.9});
      CHECK((pair.broken_after(10) == pair.broken_after(1000)));
      CHECK(pair.loads_what_it_saved());
    }
  }
}

}  // namespace espalier
