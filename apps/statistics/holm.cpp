#include "apps/statistics/holm.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i] >= 0 && p_values[i] <= 1) continue;
    throw Error(fmt::format("[holm] p value {} of {} is {}: expected between 0 and 1", i + 1,
                            p_values.size(), p_values[i]));
  }
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const double tests_left = static_cast<double>(order.size() - place);
    largest = std::max(largest, std::min(1.0, tests_left * p_values[order[place]]));
    adjusted[order[place]] = largest;
  }
  return adjusted;
}

}  // namespace espalier
