#include "apps/training/trainer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/read_config.h"
#include "apps/run/checkpoint.h"
#include "apps/training/forecaster.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {
namespace {

/// Notes each epoch, and asks for a break after so many steps.
class Watcher final : public TrainingObserver {
 public:
  explicit Watcher(int steps) : steps_left_(steps) {}
  void on_epoch(const EpochRecord& record) override { epochs.push_back(record); }
  bool should_interrupt() override { return --steps_left_ == 0; }

  std::vector<EpochRecord> epochs;

 private:
  int steps_left_;
};

/// Three epochs of four steps, on waves.
class TinyRun {
 public:
  explicit TinyRun(const std::vector<std::string>& overrides = {})
      : config_(
            parse_config(config_text(), folder_ / "run.json", overrides, registered_components())),
        task_(load_task(config_.data, config_.protocol)) {}

  /// The epochs of a run that is broken off after `steps` steps and goes on from a checkpoint.
  std::vector<EpochRecord> broken_after(int steps) const {
    Learner before = make_learner(config_, task_.frame);
    Trainer first(config_, task_, before, 1);
    Watcher watcher(steps);
    TrainingObserver* observers[] = {&watcher};
    if (first.run(observers) == Trainer::Outcome::finished) return watcher.epochs;
    save_checkpoint(folder_ / "checkpoint", before, first, {});
    Learner after = make_learner(config_, task_.frame);
    Trainer second(config_, task_, after, 1);
    load_checkpoint(folder_ / "checkpoint", after, second);
    REQUIRE(second.run(observers) == Trainer::Outcome::finished);
    return watcher.epochs;
  }

  /// The loss of the validation windows after the last epoch, by the formula of the pinball loss.
  double pinball_after_training() const {
    Learner learner = make_learner(config_, task_.frame);
    Trainer trainer(config_, task_, learner, 1);
    trainer.run({});
    const std::vector<std::size_t>& windows = task_.split.validation;
    const WindowForecasts forecasts =
        forecast_windows(*learner.model, learner.regularizers, task_.windows, windows, 1);
    const std::vector<double> truth = target_values(task_.frame, windows, 5, 1);
    double sum = 0;
    for (std::size_t k = 0; k < config_.train.quantiles.size(); ++k) {
      const double level = config_.train.quantiles[k];
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const double error =
            task_.scaling.only().targets[0].scaled(truth[i]) - forecasts.quantiles[k][i];
        sum += std::max(level * error, (level - 1) * error);
      }
    }
    return sum / static_cast<double>(truth.size() * config_.train.quantiles.size());
  }

 private:
  std::string config_text() const {
    std::string csv = "y\n";
    for (int row = 0; row < 30; ++row) csv += std::to_string(std::sin(row)) + "\n";
    folder_.write("rows.csv", csv);
    return R"({"data": {"path": "rows.csv", "target": "y", "window": 5},
      "model": {"type": "lstm", "hidden": 2}, "train": {"epochs": 3, "batch": 4},
      "lr_schedules": [{"type": "warm_up", "epochs": 2}, {"type": "exponential"}]})";
  }

  testing::ScratchFolder folder_;
  Config config_;
  ForecastingTask task_;
};

}  // namespace

namespace {

void check_breaks(const TinyRun& tiny) {
  const std::vector<EpochRecord> whole = tiny.broken_after(1000);
  REQUIRE(whole.size() == 3);
  CHECK(whole[0].lr < whole[1].lr);
  // 16 windows in 4 batches; a break after the last batch of an epoch is one too.
  for (int steps = 1; steps <= 12; ++steps) {
    CAPTURE(steps);
    const std::vector<EpochRecord> broken = tiny.broken_after(steps);
    REQUIRE(broken.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CAPTURE(i);
      CHECK(broken[i].epoch == whole[i].epoch);
      CHECK(broken[i].train_loss == whole[i].train_loss);
      CHECK(broken[i].validation_loss == whole[i].validation_loss);
      CHECK(broken[i].lr == whole[i].lr);
    }
  }
}

}  // namespace

TEST_CASE("a run broken off after any step tells the epochs of a run without a break") {
  check_breaks(TinyRun());
  check_breaks(TinyRun({"train.loss=quantile"}));
}

TEST_CASE("quantiles are validated by their pinball loss") {
  const TinyRun tiny({"train.loss=quantile", "train.quantiles=[0.2, 0.5, 0.6]"});
  const std::vector<EpochRecord> epochs = tiny.broken_after(1000);
  REQUIRE(epochs.size() == 3);
  CHECK(epochs.back().validation_loss ==
        doctest::Approx(tiny.pinball_after_training()).epsilon(1e-12));
}

}  // namespace espalier
