#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/conformal/conformal_intervals.h"

namespace espalier {

/// What to forecast with a finished run.
struct PredictionRequest {
  std::string run;
  /// CSV file with the columns that the run's model reads.
  std::string input;
  /// Steps to forecast; empty optional: all that the model makes.
  std::optional<std::int64_t> horizon;
  /// From every row with a whole window before it, not from the last one alone.
  bool rolling = false;
  /// Levels of intervals in per cent; none: no conformal intervals.
  std::vector<double> levels = {};
  IntervalMethod intervals = IntervalMethod::split;
  int threads = 1;
};

/// Where a value is expected to lie, in the units of the file.
struct PredictedInterval {
  /// In per cent.
  double level = 0;
  double lower = 0;
  double upper = 0;
};

/// One forecast of one target, in the units of the file.
struct PredictedValue {
  /// Empty where a file holds one series.
  std::string series = {};
  /// The time it is for, and of the last row known.
  std::string ds, cutoff;
  /// From 1.
  std::size_t step = 1;
  std::string target;
  double y_hat = 0;
  /// Of random forecasts: standard deviation over the passes.
  std::optional<double> deviation = {};
  /// One for each level asked for.
  std::vector<PredictedInterval> intervals = {};
  /// Of a model of quantiles, whose median y_hat is: by the names of their columns, lo-80, hi-80, …
  std::vector<std::pair<std::string, double>> quantiles = {};
};

struct Prediction {
  /// The column that tells series apart; empty: there is none.
  std::string series_column = {};
  /// In the order of series, time, step and target.
  std::vector<PredictedValue> values = {};
  /// What was assumed of the file; one sentence each.
  std::vector<std::string> notes;
};

/// Forecasts behind the rows of `input`, read as the run's config says: with its columns, its
/// scales and its regularizers as in evaluation. The run's own data aren't read. Throws UsageError
/// where `run` is no finished run or the request asks for what its model or its calibration doesn't
/// make, Error for a file that doesn't fit.
Prediction predict(const PredictionRequest& request);

/// Long CSV: the series, if there is such a column; ds,cutoff,step,target,y_hat; of random
/// forecasts std besides; lo-80,hi-80 for every level asked for, or, of random forecasts without
/// any, lo-90 and hi-90 of the normal distribution; of quantiles their columns as in forecasts.csv.
std::string prediction_csv(const Prediction& prediction);
/// The same in parts; `first` shows which columns there are.
std::string prediction_csv_header(const PredictedValue& first,
                                  const std::string& series_column = "");
std::string prediction_csv_line(const PredictedValue& value);

/// One JSON object on one line.
std::string prediction_json(const PredictionRequest& request, const Prediction& prediction);
/// One value as an object of its own, on one line.
std::string prediction_json_line(const PredictedValue& value);

}  // namespace espalier
