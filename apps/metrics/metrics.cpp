#include "apps/metrics/metrics.h"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

namespace {

void check_forecasts(std::span<const double> actual, std::span<const double> forecast) {
  if (actual.size() != forecast.size()) {
    throw Error(fmt::format("[metrics] {} values to score but {} forecasts", actual.size(),
                            forecast.size()));
  }
  if (actual.empty()) throw Error("[metrics] there is nothing to score");
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isfinite(actual[i]) && std::isfinite(forecast[i])) continue;
    throw Error(fmt::format("[metrics] forecast {} of {} is {} for a value of {}: no score", i + 1,
                            forecast.size(), forecast[i], actual[i]));
  }
}

}  // namespace

double mean_absolute_error(std::span<const double> actual, std::span<const double> forecast) {
  check_forecasts(actual, forecast);
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) sum += std::abs(actual[i] - forecast[i]);
  return sum / static_cast<double>(actual.size());
}

double root_mean_squared_error(std::span<const double> actual, std::span<const double> forecast) {
  check_forecasts(actual, forecast);
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = actual[i] - forecast[i];
    sum += error * error;
  }
  return std::sqrt(sum / static_cast<double>(actual.size()));
}

std::vector<Metric> score(std::span<const double> actual, std::span<const double> forecast) {
  return {{"mae", "MAE", "mean |y - y_hat|", mean_absolute_error(actual, forecast)},
          {"rmse", "RMSE", "sqrt(mean (y - y_hat)^2)", root_mean_squared_error(actual, forecast)}};
}

std::vector<Metric> scaled_score(std::span<const double> actual, std::span<const double> forecast,
                                 std::span<const double> deviations) {
  check_forecasts(actual, forecast);
  double absolute = 0;
  double squared = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = (actual[i] - forecast[i]) / deviations[i % deviations.size()];
    absolute += std::abs(error);
    squared += error * error;
  }
  const double count = static_cast<double>(actual.size());
  return {{"scaled_mae", "scaled MAE",
           "mean |y - y_hat| / s, s the standard deviation of the target in the training rows",
           absolute / count},
          {"scaled_mse", "scaled MSE",
           "mean ((y - y_hat) / s)^2, s the standard deviation of the target in the training rows",
           squared / count}};
}

}  // namespace espalier
