#pragma once

#include <span>
#include <string>
#include <vector>

namespace espalier {

/// One score, with the formula that made it.
struct Metric {
  /// Names the formula; never changes its meaning.
  std::string id;
  /// The name in a table.
  std::string title;
  std::string formula;
  double value;
};

/// mean |y − ŷ|
double mean_absolute_error(std::span<const double> actual, std::span<const double> forecast);

/// √ mean (y − ŷ)²
double root_mean_squared_error(std::span<const double> actual, std::span<const double> forecast);

/// "mae" then "rmse" of a forecast, in the units of `actual`; sums run in order, in double. Like
/// the functions above, throws Error where there is nothing to score, where not every value has its
/// forecast, or where one of them is not finite.
std::vector<Metric> score(std::span<const double> actual, std::span<const double> forecast);

/// "scaled_mae" then "scaled_mse": each error in units of its target's deviation s, so that targets
/// of any units can be pooled. Value i belongs to target i mod deviations.size().
std::vector<Metric> scaled_score(std::span<const double> actual, std::span<const double> forecast,
                                 std::span<const double> deviations);

}  // namespace espalier
