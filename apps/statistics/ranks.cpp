#include "apps/statistics/ranks.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "apps/statistics/check_values.h"

namespace espalier {

std::vector<double> ranks(std::span<const double> values) {
  check_values("ranks", values, 0);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranked(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    // Places count from 1: the group holds first + 1 to end.
    const double shared = static_cast<double>(first + 1 + end) / 2;
    for (; first < end; ++first) ranked[order[first]] = shared;
  }
  return ranked;
}

double tie_term(std::span<const double> ranks) {
  std::vector<double> sorted(ranks.begin(), ranks.end());
  std::ranges::sort(sorted);
  double sum = 0;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto end = std::upper_bound(first, sorted.end(), *first);
    const double t = static_cast<double>(end - first);
    sum += t * t * t - t;
    first = end;
  }
  return sum;
}

}  // namespace espalier
