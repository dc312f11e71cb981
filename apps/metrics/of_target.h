#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Values of one target out of a list laid out [window][step][target].
inline std::vector<double> of_target(std::span<const double> values, std::size_t target,
                                     std::size_t targets) {
  std::vector<double> column;
  column.reserve(values.size() / targets);
  for (std::size_t i = target; i < values.size(); i += targets) column.push_back(values[i]);
  return column;
}

}  // namespace espalier
