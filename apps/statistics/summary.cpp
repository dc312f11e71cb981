#include "apps/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "apps/statistics/check_values.h"
#include "core/error.h"

namespace espalier {

Summary summarise(std::span<const double> values, double level) {
  check_values("summary", values);
  if (!(level > 0 && level < 1)) {
    throw Error(fmt::format("[summary] an interval of level {}: expected between 0 and 1", level));
  }
  const double n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  Summary summary{
      .count = values.size(), .mean = sum / n, .standard_deviation = {}, .interval = {}};
  if (values.size() == 1) return summary;
  double squares = 0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  const double deviation = std::sqrt(squares / (n - 1));
  const boost::math::students_t distribution(n - 1);
  const double t = quantile(complement(distribution, (1 - level) / 2));
  const double reach = t * deviation / std::sqrt(n);
  summary.standard_deviation = deviation;
  summary.interval = {summary.mean - reach, summary.mean + reach};
  return summary;
}

double median(std::span<const double> values) {
  check_values("median", values);
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace espalier
