#include "apps/metrics/intervals.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

Intervals make_intervals(std::span<const double> actual, std::span<const double> means,
                         std::vector<double> deviations, std::int64_t samples,
                         std::size_t targets) {
  const std::size_t count = actual.size();
  if (count == 0 || means.size() != count || deviations.size() != count) {
    throw Error(
        fmt::format("[intervals] {} values, {} forecasts and {} deviations: expected as "
                    "many of each, and some",
                    count, means.size(), deviations.size()));
  }
  Intervals intervals{.samples = samples, .deviations = std::move(deviations)};
  intervals.mean_widths.assign(targets, 0);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double reach = interval_deviations * intervals.deviations[i];
    if (!std::isfinite(reach)) {
      throw Error(fmt::format("[intervals] forecast {} of {} has a deviation of {}", i + 1, count,
                              intervals.deviations[i]));
    }
    intervals.lower.push_back(means[i] - reach);
    intervals.upper.push_back(means[i] + reach);
    if (intervals.lower[i] <= actual[i] && actual[i] <= intervals.upper[i]) ++inside;
    intervals.mean_widths[i % targets] += intervals.upper[i] - intervals.lower[i];
  }
  intervals.coverage = static_cast<double>(inside) / static_cast<double>(count);
  const std::size_t per_target = count / targets;
  for (double& width : intervals.mean_widths) width /= static_cast<double>(per_target);
  return intervals;
}

}  // namespace espalier
