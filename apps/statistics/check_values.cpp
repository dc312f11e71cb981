#include "apps/statistics/check_values.h"

#include <cmath>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

void check_values(std::string_view where, std::span<const double> values, std::size_t fewest) {
  if (values.size() < fewest) {
    throw Error(fmt::format("[{}] {} values: expected at least {}", where, values.size(), fewest));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw Error(fmt::format(
        "[{}] value {} of {} is {}: expected a finite number; leave out the run it came from",
        where, i + 1, values.size(), values[i]));
  }
}

void check_pairs(std::string_view where, std::span<const double> values,
                 std::span<const double> reference) {
  if (values.size() != reference.size()) {
    throw Error(
        fmt::format("[{}] {} values but {} of the reference: expected pairs, one of each per block",
                    where, values.size(), reference.size()));
  }
  check_values(where, values);
  check_values(where, reference);
}

}  // namespace espalier
