#include "apps/statistics/block_table.h"

#include <utility>

#include <fmt/format.h>

#include "apps/statistics/check_values.h"
#include "core/error.h"

namespace espalier {

BlockTable::BlockTable(std::size_t blocks, std::size_t arms, std::vector<double> values)
    : arms_(arms), values_(std::move(values)) {
  if (blocks == 0 || arms == 0 || values_.size() != blocks * arms) {
    throw Error(fmt::format(
        "[blocks] {} values for {} blocks of {} arms: expected one per block and arm, and some",
        values_.size(), blocks, arms));
  }
  check_values("blocks", values_);
}

std::span<const double> BlockTable::block(std::size_t index) const {
  return std::span(values_).subspan(index * arms_, arms_);
}

std::vector<double> BlockTable::arm(std::size_t index) const {
  std::vector<double> column;
  for (std::size_t b = 0; b < blocks(); ++b) column.push_back(block(b)[index]);
  return column;
}

}  // namespace espalier
