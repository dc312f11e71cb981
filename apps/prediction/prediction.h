#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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

/// One forecast of one target, in the units of the file.
struct PredictedValue {
  /// Empty where a file holds one series.
  std::string series = {};
  /// The time it is for, and of the last row known.
  std::string ds, cutoff;
  /// From 1.
  std::size_t step = 1;
  std::string target;
  /// Of a model of quantiles their median.
  double y_hat = 0;
  /// Of each of PredictionColumns::spread.
  std::vector<double> spread = {};
};

/// Columns that not every prediction has.
struct PredictionColumns {
  /// What tells series apart; empty: there is none.
  std::string series = {};
  /// What tells how sure a forecast is: of random forecasts std, then lo-80, hi-80 of every level
  /// asked for or, without any, of random forecasts (see spread.h); of quantiles their columns as
  /// in forecasts.csv.
  std::vector<std::string> spread = {};
};

struct Prediction {
  PredictionColumns columns = {};
  /// In the order of series, time, step and target.
  std::vector<PredictedValue> values = {};
  /// What was assumed of the file; one sentence each.
  std::vector<std::string> notes;
};

/// Forecasts after the rows of `input`, read as the run's config says: with its columns, its
/// scales and its regularizers as in evaluation. The run's own data aren't read. Throws UsageError
/// where `run` is no finished run or the request asks for what its model or its calibration doesn't
/// make, Error for a file that doesn't fit.
Prediction predict(const PredictionRequest& request);

/// Long CSV: the series, if there is such a column; ds,cutoff,step,target,y_hat; the spread.
std::string prediction_csv(const Prediction& prediction);
/// The same in parts.
std::string prediction_csv_header(const PredictionColumns& columns);
std::string prediction_csv_line(const PredictedValue& value);

/// One JSON object on one line.
std::string prediction_json(const PredictionRequest& request, const Prediction& prediction);
/// One value as an object of its own, on one line.
std::string prediction_json_line(const PredictionColumns& columns, const PredictedValue& value);

}  // namespace espalier
