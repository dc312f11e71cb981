#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/conformal/forecast_intervals.h"
#include "apps/evaluation/scored_windows.h"

namespace espalier {

/// What to score a finished run on.
struct EvaluationRequest {
  std::string run;
  /// CSV file with the columns of the run's data.
  std::string input;
  /// Windows to forecast at a time; changes no number. Empty optional: as many as are quick.
  std::optional<std::int64_t> batch;
  /// Levels of intervals to score, in per cent; none: no intervals.
  std::vector<double> levels = {};
  int threads = 1;
};

/// The continuous ranked probability score of one kind of intervals (see interval_metrics.h), of
/// each target.
struct EvaluatedCrps {
  IntervalMethod method = IntervalMethod::split;
  std::vector<double> by_target = {};
};

struct Evaluation {
  std::vector<std::string> targets = {};
  /// The column that tells series apart; empty: there is none.
  std::string series_column = {};
  /// Of the file, as read.
  std::size_t rows = 0;
  std::size_t window = 0;
  std::size_t horizon = 0;
  /// Windows scored; and as many as there must be: rows − window − horizon + 1, summed over the
  /// series that have so many rows.
  std::size_t windows = 0;
  std::size_t expected_windows = 0;
  /// Of these, windows whose targets are, or seem to be, among the run's training rows.
  std::size_t training_windows = 0;
  EvaluatedMethod model = {};
  /// Persistence first.
  std::vector<EvaluatedMethod> baselines = {};
  /// Those that the forecasts bring along (see own_intervals.h), then those of the levels asked
  /// for.
  std::vector<ScoredIntervals> intervals = {};
  /// With levels, and where the calibration has the 19 windows that it takes.
  std::vector<EvaluatedCrps> crps = {};
  /// What was assumed of the file and what to beware of; one sentence each.
  std::vector<std::string> notes = {};
};

/// Scores the run's model on every window of `input`, beside the naive baselines. Throws as
/// open_run_on does, and Error for a file without a window.
Evaluation evaluate(const EvaluationRequest& request);

/// Tables beyond the first.
struct EvaluationDetails {
  /// The model's errors at each step.
  bool by_step = false;
  /// The model's errors in each series, and how they compare with persistence's.
  bool by_series = false;
};

/// Tables for people.
std::string evaluation_table(const EvaluationRequest& request, const Evaluation& evaluation,
                             const EvaluationDetails& details);

/// One JSON object on one line, with the formulas.
std::string evaluation_json(const EvaluationRequest& request, const Evaluation& evaluation);

}  // namespace espalier
