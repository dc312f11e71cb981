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

BlockTable average_trials(std::size_t blocks, std::size_t arms,
                          std::span<const TrialScore> scores) {
  std::vector<double> sums(blocks * arms);
  std::vector<std::size_t> trials(blocks * arms);
  for (const TrialScore& score : scores) {
    if (score.block >= blocks || score.arm >= arms) {
      throw Error(fmt::format("[blocks] a trial of block {}, arm {}: there are {} and {} from 0 on",
                              score.block, score.arm, blocks, arms));
    }
    sums[score.block * arms + score.arm] += score.value;
    ++trials[score.block * arms + score.arm];
  }
  for (std::size_t cell = 0; cell < sums.size(); ++cell) {
    const std::size_t expected = trials[cell / arms * arms];
    if (trials[cell] == 0 || trials[cell] != expected) {
      throw Error(fmt::format(
          "[blocks] block {} of {} has {} trials of arm {} and {} of arm 1: expected as many of "
          "each, and some; run the missing ones or leave the block out",
          cell / arms + 1, blocks, trials[cell], cell % arms + 1, expected));
    }
    sums[cell] /= static_cast<double>(trials[cell]);
  }
  return {blocks, arms, std::move(sums)};
}

}  // namespace espalier
