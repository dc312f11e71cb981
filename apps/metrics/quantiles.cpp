#include "apps/metrics/quantiles.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/metrics/interval_metrics.h"
#include "core/error.h"

namespace espalier {

namespace {

double pinball(double level, double error) {
  return error * (error > 0 ? level : level - 1);
}

void check_sizes(std::size_t actual, std::size_t forecasts) {
  if (actual > 0 && actual == forecasts) return;
  throw Error(fmt::format("[quantiles] {} values and {} forecasts: expected as many, and some",
                          actual, forecasts));
}

ScoredQuantiles::Interval score_interval(const CentralInterval& interval,
                                         const ScoredQuantiles& quantiles,
                                         std::span<const double> actual, std::size_t targets) {
  const std::vector<double>& lower = quantiles.values[interval.lower];
  const std::vector<double>& upper = quantiles.values[interval.upper];
  ScoredQuantiles::Interval scored{
      .level = interval.level, .coverage = 0, .mean_widths = std::vector<double>(targets, 0)};
  std::size_t inside = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (lower[i] <= actual[i] && actual[i] <= upper[i]) ++inside;
    scored.mean_widths[i % targets] += upper[i] - lower[i];
  }
  scored.coverage = static_cast<double>(inside) / static_cast<double>(actual.size());
  const auto per_target = static_cast<double>(actual.size() / targets);
  for (double& width : scored.mean_widths) width /= per_target;
  return scored;
}

void check_order(const ScoredQuantiles& quantiles) {
  for (std::size_t k = 1; k < quantiles.levels.size(); ++k) {
    for (std::size_t i = 0; i < quantiles.values[k].size(); ++i) {
      if (quantiles.values[k - 1][i] <= quantiles.values[k][i]) continue;
      throw Error(fmt::format("[quantiles] forecast {} is {} at the level {} and {} at {}", i + 1,
                              quantiles.values[k - 1][i], quantiles.levels[k - 1],
                              quantiles.values[k][i], quantiles.levels[k]));
    }
  }
}

}  // namespace

std::size_t median_of(std::span<const double> levels) {
  const auto found = std::ranges::find(levels, 0.5);
  if (found == levels.end()) throw Error("[quantiles] the median is not among the levels");
  return static_cast<std::size_t>(found - levels.begin());
}

std::vector<CentralInterval> central_intervals(std::span<const double> levels) {
  constexpr double tolerance = 1e-9;
  std::vector<CentralInterval> intervals;
  for (std::size_t lower = levels.size(); lower-- > 0;) {
    for (std::size_t upper = lower + 1; upper < levels.size(); ++upper) {
      if (std::abs(levels[lower] + levels[upper] - 1) > tolerance) continue;
      // 0.95 − 0.05 is not 0.9 to the last digit.
      const double level = std::round((levels[upper] - levels[lower]) * 1e9) / 1e9;
      intervals.push_back({.level = level, .lower = lower, .upper = upper});
    }
  }
  return intervals;
}

std::vector<QuantileColumn> quantile_columns(std::span<const double> levels) {
  std::vector<QuantileColumn> columns;
  for (const CentralInterval& interval : central_intervals(levels)) {
    columns.push_back({lower_name(100 * interval.level), interval.lower});
    columns.push_back({upper_name(100 * interval.level), interval.upper});
  }
  const std::size_t paired = columns.size();
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const auto named = columns.begin() + static_cast<std::ptrdiff_t>(paired);
    const bool bound = std::find_if(columns.begin(), named, [k](const QuantileColumn& column) {
                         return column.quantile == k;
                       }) != named;
    if (!bound && levels[k] != 0.5) columns.push_back({fmt::format("q-{:g}", levels[k]), k});
  }
  return columns;
}

ScoredQuantiles score_quantiles(std::vector<double> levels, std::vector<std::vector<double>> values,
                                std::span<const double> actual, std::span<const double> deviations,
                                std::size_t targets) {
  ScoredQuantiles quantiles{.levels = std::move(levels),
                            .values = std::move(values),
                            .intervals = {},
                            .pinball = {},
                            .scaled_pinball = {}};
  check_sizes(quantiles.levels.size(), quantiles.values.size());
  for (std::size_t k = 0; k < quantiles.levels.size(); ++k) {
    check_sizes(actual.size(), quantiles.values[k].size());
    std::vector<double> sums(targets, 0);
    double scaled = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const double loss = pinball(quantiles.levels[k], actual[i] - quantiles.values[k][i]);
      sums[i % targets] += loss;
      scaled += loss / deviations[i % deviations.size()];
    }
    for (double& sum : sums) sum /= static_cast<double>(actual.size() / targets);
    quantiles.pinball.push_back(std::move(sums));
    quantiles.scaled_pinball.push_back(scaled / static_cast<double>(actual.size()));
  }
  check_order(quantiles);
  for (const CentralInterval& interval : central_intervals(quantiles.levels)) {
    quantiles.intervals.push_back(score_interval(interval, quantiles, actual, targets));
  }
  return quantiles;
}

}  // namespace espalier
