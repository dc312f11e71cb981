#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/config.h"
#include "apps/conformal/calibration.h"
#include "apps/conformal/tested_intervals.h"
#include "apps/metrics/intervals.h"
#include "apps/metrics/metrics.h"
#include "apps/metrics/quantiles.h"
#include "apps/run/run_directory.h"
#include "apps/run/training_rows.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "apps/training/trainer.h"

namespace espalier {

/// Forecasts of one method for the scored windows, with its scores.
struct ScoredForecasts {
  std::string name;
  /// In file units, laid out [window][step][target].
  std::vector<double> forecasts = {};
  /// Over all targets, in file units.
  std::vector<Metric> metrics = {};
  /// Over all targets, each in units of its standard deviation in the training rows.
  std::vector<Metric> scaled = {};
  /// Of each target alone, in its own units.
  std::vector<std::vector<Metric>> by_target = {};
};

/// What came out of a run, in the units of the file.
struct RunResults {
  /// Names of what is forecast.
  std::vector<std::string> targets;
  ScoredForecasts model;
  /// Persistence first.
  std::vector<ScoredForecasts> baselines;
  std::vector<double> actual;
  /// Where the model's forecasts are random, and no quantiles.
  std::optional<Intervals> intervals;
  /// What conformal intervals are made from; none under the protocol `author`.
  std::optional<Calibration> calibration;
  /// How these intervals fare on the scored windows.
  std::vector<ScoredIntervals> tested_intervals;
  TrainingRows training;
  /// Where it forecasts quantiles; `model` has the medians.
  std::optional<ScoredQuantiles> quantiles;
  SparsityCount sparsity;
  /// False for a model without parameters.
  bool trained = true;
  std::int64_t epochs = 0;
  /// The epoch whose weights are scored, counted from 0.
  std::int64_t scored_epoch = 0;

  bool several_targets() const { return targets.size() > 1; }
};

/// What the scored windows' targets were, in file units, laid out [window][step][target].
std::vector<double> scored_values(const ForecastingTask& task);
/// For each of them the deviation of its target in the training rows of its series.
std::vector<double> target_deviations(const ForecastingTask& task);

/// A model's scores on the scored windows; `intervals` and `quantiles` as in RunResults.
struct ScoredModel {
  ScoredForecasts scores;
  std::optional<Intervals> intervals = {};
  std::optional<ScoredQuantiles> quantiles = {};
};
ScoredModel score_model(const std::string& name, const ForecastingTask& task,
                        const Learner& learner, int threads);

/// The baselines' scores on the same windows; persistence first.
std::vector<ScoredForecasts> score_baselines(const DataConfig& config, const ForecastingTask& task);

/// Scores the weights in place, and the baselines, on the scored windows: each of them, once.
RunResults score_run(const Config& config, const ForecastingTask& task, const Learner& learner,
                     const Trainer& trainer, std::int64_t scored_epoch, int threads);

/// Writes model/, forecasts.csv and, last, metrics.json. Holds no times: equal runs write equal
/// bytes.
void write_results(const RunDirectory& directory, const Config& config, const ForecastingTask& task,
                   const Learner& learner, const RunResults& results);

/// The text of forecasts.csv: one row per scored window, step and target. Columns: the series, if
/// the data name them; ds (the forecast row's time), cutoff (the last row known), step, target, y,
/// y_hat; of quantiles, whose median y_hat is, what quantile_columns says, of other random
/// forecasts std, lo-90 and hi-90; then one column per baseline.
std::string forecasts_csv(const ForecastingTask& task, const RunResults& results);

/// What a line of it begins with, up to and with the comma before y_hat.
struct ForecastLine {
  /// Empty: the data hold one series without a name, and there is no such cell.
  std::string_view series = {};
  std::string_view ds, cutoff;
  /// From 1.
  std::size_t step = 1;
  std::string_view target;
  double y = 0;
};
std::string line_beginning(const ForecastLine& line);

/// One JSON object for programs, on one line.
std::string results_json(const RunDirectory& directory, const Config& config,
                         const RunResults& results, double seconds);

/// A table and one sentence for people. Several targets are shown by their scaled scores, as their
/// units may differ.
std::string results_table(const Config& config, const RunResults& results);

}  // namespace espalier
