#include "apps/metrics/interval_metrics.h"

#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

namespace {

void check_bounds(std::span<const double> actual, std::span<const double> bound) {
  if (actual.size() != bound.size()) {
    throw Error(
        fmt::format("[intervals] {} values to score but {} bounds", actual.size(), bound.size()));
  }
  if (actual.empty()) throw Error("[intervals] there is nothing to score");
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isfinite(actual[i]) && std::isfinite(bound[i])) continue;
    throw Error(fmt::format("[intervals] bound {} of {} is {} for a value of {}: no score", i + 1,
                            bound.size(), bound[i], actual[i]));
  }
}

}  // namespace

double pinball_loss(std::span<const double> actual, std::span<const double> quantile, double tau) {
  check_bounds(actual, quantile);
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = actual[i] - quantile[i];
    sum += error >= 0 ? tau * error : (tau - 1) * error;
  }
  return sum / static_cast<double>(actual.size());
}

IntervalMetrics interval_metrics(std::span<const double> actual, std::span<const double> lower,
                                 std::span<const double> upper, double level) {
  const double tau = (1 - level) / 2;
  IntervalMetrics metrics;
  metrics.pinball = (pinball_loss(actual, lower, tau) + pinball_loss(actual, upper, 1 - tau)) / 2;
  std::size_t inside = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (lower[i] <= actual[i] && actual[i] <= upper[i]) ++inside;
    metrics.mean_width += upper[i] - lower[i];
  }
  const auto count = static_cast<double>(actual.size());
  metrics.coverage = static_cast<double>(inside) / count;
  metrics.mean_width /= count;
  return metrics;
}

std::string lower_name(double percent) {
  return fmt::format("lo-{:g}", percent);
}

std::string upper_name(double percent) {
  return fmt::format("hi-{:g}", percent);
}

double crps_tau(std::size_t k) {
  return (static_cast<double>(k) + 0.5) / static_cast<double>(crps_quantiles);
}

double crps_of_quantiles(std::span<const double> losses) {
  if (losses.size() != crps_quantiles) {
    throw Error(fmt::format("[intervals] {} pinball losses make no CRPS: expected {}",
                            losses.size(), crps_quantiles));
  }
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  return 2 * sum / static_cast<double>(crps_quantiles);
}

}  // namespace espalier
