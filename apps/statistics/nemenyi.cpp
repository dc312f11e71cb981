#include "apps/statistics/nemenyi.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "apps/statistics/check_values.h"
#include "apps/statistics/studentized_range.h"
#include "core/error.h"

namespace espalier {

double nemenyi_critical_difference(std::size_t arms, std::size_t blocks, double alpha) {
  if (blocks == 0) throw Error("[nemenyi] there is no block: expected at least one");
  const double q = studentized_range_quantile(alpha, arms) / std::numbers::sqrt2;
  const double k = static_cast<double>(arms);
  return q * std::sqrt(k * (k + 1) / (6 * static_cast<double>(blocks)));
}

std::vector<std::vector<std::size_t>> cliques(std::span<const double> average_ranks,
                                              double critical_difference) {
  check_values("nemenyi", average_ranks, 0);
  std::vector<std::size_t> order(average_ranks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t arm) { return average_ranks[arm]; });
  std::vector<std::vector<std::size_t>> groups;
  std::size_t covered = 0;  // places before this are in a group that began further left
  for (std::size_t first = 0; first < order.size(); ++first) {
    std::size_t end = first + 1;
    while (end < order.size() &&
           average_ranks[order[end]] - average_ranks[order[first]] < critical_difference) {
      ++end;
    }
    if (end > covered && end - first >= 2) {
      groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(first),
                          order.begin() + static_cast<std::ptrdiff_t>(end));
    }
    covered = std::max(covered, end);
  }
  return groups;
}

}  // namespace espalier
