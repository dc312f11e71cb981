#include "apps/data/scaler.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "core/error.h"

namespace espalier {

ColumnScale standard_scale(std::span<const double> values) {
  if (values.empty()) throw Error("[scaler] no rows to fit to");
  const double count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double variance = squares / count;
  if (!std::isfinite(mean) || !std::isfinite(variance)) {
    throw Error("the values are too large to standardise, as their squares overflow");
  }
  // The error of the mean alone already makes a constant column vary this much.
  const double epsilon = std::numeric_limits<double>::epsilon();
  const double mean_error = count * mean * epsilon;
  const bool constant = variance <= count * epsilon * variance + mean_error * mean_error;
  return {mean, constant ? 1 : std::sqrt(variance)};
}

namespace {

ColumnScale scale_of(const Frame& frame, std::size_t column, std::size_t train_rows) {
  try {
    return standard_scale(std::span(frame.columns[column]).first(train_rows));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: column {}: {}; express it in a larger unit", frame.path,
                            in_quotes(frame.names[column]), error.what()));
  }
}

}  // namespace

Scaling fit_scaling(const Frame& frame, const std::string& kind, std::size_t train_rows) {
  Scaling scaling;
  scaling.features.resize(frame.features.size());
  scaling.targets.resize(frame.targets.size());
  if (kind == "none") return scaling;
  if (kind != "standard") {
    throw Error(fmt::format("\"scale\" is {}; expected \"standard\" or \"none\"", in_quotes(kind)));
  }
  if (train_rows > frame.rows()) {
    throw Error(fmt::format("[scaler] asked for {} rows of {}", train_rows, frame.rows()));
  }
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    scaling.features[f] = scale_of(frame, frame.features[f], train_rows);
  }
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    scaling.targets[k] = scale_of(frame, frame.targets[k], train_rows);
  }
  return scaling;
}

}  // namespace espalier
