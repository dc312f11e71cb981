#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Scores of every arm on every block. Arms are what is compared; a block is a condition all of
/// them meet, here a data set × model × window. Trials of one block differ only in their seed and
/// are not independent, so they are averaged before anything is tested: one value per block and arm
/// (Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, 2006).
class BlockTable {
 public:
  /// `values` block by block: [blocks × arms]. Throws Error where their number is another, where
  /// one is not finite, or where there is no block or no arm.
  BlockTable(std::size_t blocks, std::size_t arms, std::vector<double> values);

  std::size_t blocks() const { return values_.size() / arms_; }
  std::size_t arms() const { return arms_; }
  /// Values of one block, [arms].
  std::span<const double> block(std::size_t index) const;
  /// Values of one arm, [blocks].
  std::vector<double> arm(std::size_t index) const;

 private:
  std::size_t arms_;
  std::vector<double> values_;
};

}  // namespace espalier
