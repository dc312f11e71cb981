#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  int threads = 1;
};

/// One forecast of one target, in the units of the file.
struct PredictedValue {
  /// The time it is for, and of the last row known.
  std::string ds, cutoff;
  /// From 1.
  std::size_t step = 1;
  std::string target;
  double y_hat = 0;
  /// Of random forecasts: standard deviation over the passes.
  std::optional<double> deviation = {};
  /// Of a model of quantiles, whose median y_hat is: one value per quantile column.
  std::vector<double> quantiles = {};
};

struct Prediction {
  /// In the order of time, step and target.
  std::vector<PredictedValue> values;
  /// Names of their quantiles: "lo-80", "hi-80", …
  std::vector<std::string> quantile_columns = {};
  /// What was assumed of the file; one sentence each.
  std::vector<std::string> notes;
};

/// Forecasts behind the rows of `input`, read as the run's config says: with its columns, its
/// scales and its regularizers as in evaluation. The run's own data aren't read. Throws UsageError
/// where `run` is no finished run or the request asks for what its model doesn't make, Error for a
/// file that doesn't fit.
Prediction predict(const PredictionRequest& request);

/// Long CSV: ds,cutoff,step,target,y_hat; of quantiles their columns as in forecasts.csv besides,
/// of other random forecasts std, lo-90 and hi-90.
std::string prediction_csv(const Prediction& prediction);

/// One JSON object on one line.
std::string prediction_json(const PredictionRequest& request, const Prediction& prediction);

}  // namespace espalier
