#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace espalier {

/// Errors of forecasts ŷ of values y, in one number each.
struct ErrorMetrics {
  /// mean |y − ŷ|
  double mae = 0;
  /// √ mean (y − ŷ)²
  double rmse = 0;
  /// 100 · mean |y − ŷ| / |y| over the values that aren't 0; none: all are.
  std::optional<double> mape = {};
  /// Values that are 0, which the MAPE leaves out.
  std::size_t zeros = 0;
  /// 100 · mean 2 |y − ŷ| / (|y| + |ŷ|), from 0 to 200; where both are 0, the error is 0.
  double smape = 0;
  /// mean |y − ŷ| / s, s the naive forecast's error in the training rows (Hyndman and Koehler
  /// 2006); none: no s is known.
  std::optional<double> mase = {};
};

/// `naive_errors`: s of every value's target, one per value; or none. Sums run in order, in double.
/// Throws Error where there is nothing to score, where not every value has its forecast, or where
/// one of them is not finite.
ErrorMetrics error_metrics(std::span<const double> actual, std::span<const double> forecast,
                           std::span<const double> naive_errors);

/// mean |y_t − y_{t−season}|: the error of the seasonal naive forecast one season ahead, with a
/// season of 1 of repeating the last value. None where there is no row a season before another, or
/// where the forecast is always right: nothing can be measured in units of 0.
std::optional<double> naive_error(std::span<const double> values, std::size_t season);

}  // namespace espalier
