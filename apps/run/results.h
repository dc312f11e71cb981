#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/evaluation/metrics.h"
#include "apps/run/run_directory.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "apps/training/trainer.h"

namespace espalier {

/// Forecasts of one method for the scored windows, with its scores.
struct ScoredForecasts {
  std::string name;
  /// In file units, laid out [window][step].
  std::vector<double> forecasts;
  std::vector<Metric> metrics;
};

/// What came out of a run, in the units of the file.
struct RunResults {
  ScoredForecasts model;
  /// Persistence first.
  std::vector<ScoredForecasts> baselines;
  std::vector<double> actual;
  SparsityCount sparsity;
  std::int64_t epochs = 0;
  /// The epoch whose weights are scored, counted from 0.
  std::int64_t scored_epoch = 0;
};

/// Scores the weights in place, and the baselines, on the scored windows: each of them, once.
RunResults score_run(const Config& config, const ForecastingTask& task, const Learner& learner,
                     const Trainer& trainer, std::int64_t scored_epoch, int threads);

/// Writes model/, forecasts.csv and, last, metrics.json. Holds no times: equal runs write equal
/// bytes.
void write_results(const RunDirectory& directory, const Config& config, const ForecastingTask& task,
                   const Learner& learner, const RunResults& results);

/// One JSON object for programs, on one line.
std::string results_json(const RunDirectory& directory, const Config& config,
                         const RunResults& results, double seconds);

/// A table and one sentence for people.
std::string results_table(const Config& config, const ForecastingTask& task,
                          const RunResults& results);

}  // namespace espalier
