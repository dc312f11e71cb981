#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/comparison/comparison.h"
#include "apps/metrics/metrics.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/trainer.h"

namespace espalier {

/// Most scored windows whose forecasts a result keeps, for a chart: the last ones.
inline constexpr std::size_t shown_windows = 120;

/// One epoch of a trial; losses in scaled units.
struct TrialEpoch {
  double train_loss;
  double validation_loss;
  double sparsity;
  /// Wall-clock time, validation included.
  double seconds;
};

/// What came out of a trial.
struct TrialResult {
  /// Why it failed; empty where it didn't. Then nothing below means anything.
  std::string failure = {};
  /// Of the scored windows: mae and rmse in file units, then scaled.
  std::vector<Metric> metrics = {};
  /// Share of prunable weights that are pruned in the weights scored.
  double sparsity = 0;
  /// The epoch whose weights are scored, counted from 0.
  std::int64_t scored_epoch = 0;
  std::vector<TrialEpoch> epochs = {};
  /// Of trial 0: forecasts of the first target, one step ahead, for the block's shown windows.
  std::vector<double> shown_forecasts = {};
  /// Whole trial, wall clock.
  double seconds = 0;

  bool failed() const { return !failure.empty(); }
};

/// What the arms of a block are held against.
struct BlockReference {
  struct Score {
    std::string name;
    std::vector<Metric> metrics;
  };
  /// Persistence first.
  std::vector<Score> baselines = {};
  /// First target, one step ahead, of the last scored windows: what it was and when.
  std::vector<double> shown_actual = {};
  std::vector<std::string> shown_times = {};
  /// Name of the first target.
  std::string target = {};
  /// More than one is forecast: scores are then compared in scaled units.
  bool several_targets = false;
};

/// A trial's result, or none where an observer asked it to stop.
struct TrialRun {
  TrialResult result = {};
  bool interrupted = false;
};

/// Trains and scores one trial on its block's data, on this thread alone; a function of the config
/// and the data, times aside. `keep_forecasts` of the shown windows. Throws Error where it fails.
TrialRun run_trial(const Config& config, const ForecastingTask& task, bool keep_forecasts,
                   TrainingObserver& observer);

/// Scores of the baselines, and what the scored windows were.
BlockReference score_references(const Config& config, const ForecastingTask& task);

}  // namespace espalier
