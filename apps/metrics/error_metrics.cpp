#include "apps/metrics/error_metrics.h"

#include <cmath>

#include <fmt/format.h>

#include "apps/metrics/metrics.h"
#include "core/error.h"

namespace espalier {

ErrorMetrics error_metrics(std::span<const double> actual, std::span<const double> forecast,
                           std::span<const double> naive_errors) {
  // Both also check what they are given.
  ErrorMetrics metrics{.mae = mean_absolute_error(actual, forecast),
                       .rmse = root_mean_squared_error(actual, forecast)};
  if (!naive_errors.empty() && naive_errors.size() != actual.size()) {
    throw Error(
        fmt::format("[metrics] {} values but {} naive errors", actual.size(), naive_errors.size()));
  }
  double relative = 0, symmetric = 0, scaled = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(actual[i] - forecast[i]);
    const double sum = std::abs(actual[i]) + std::abs(forecast[i]);
    if (actual[i] == 0) {
      ++metrics.zeros;
    } else {
      relative += error / std::abs(actual[i]);
    }
    if (sum > 0) symmetric += 2 * error / sum;
    if (!naive_errors.empty()) scaled += error / naive_errors[i];
  }
  const auto count = static_cast<double>(actual.size());
  const std::size_t others = actual.size() - metrics.zeros;
  if (others > 0) metrics.mape = 100 * relative / static_cast<double>(others);
  metrics.smape = 100 * symmetric / count;
  if (!naive_errors.empty()) metrics.mase = scaled / count;
  return metrics;
}

std::optional<double> naive_error(std::span<const double> values, std::size_t season) {
  if (season == 0 || values.size() <= season) return std::nullopt;
  double sum = 0;
  for (std::size_t row = season; row < values.size(); ++row) {
    sum += std::abs(values[row] - values[row - season]);
  }
  if (!(sum > 0)) return std::nullopt;
  return sum / static_cast<double>(values.size() - season);
}

}  // namespace espalier
