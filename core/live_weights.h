#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/kernels/kernels.h"

namespace espalier {

/// Where the live weights of a pruned matrix [rows, columns] are, by rows and by columns. It knows
/// positions, not values: it changes only when a mask does.
class LiveWeights {
 public:
  /// Room for all weights live, so that no later `assign` allocates.
  LiveWeights(std::int64_t rows, std::int64_t columns);

  /// Takes the positions of `mask` (row-major, 1 = live).
  void assign(std::span<const std::uint8_t> mask);

  std::size_t count() const { return row_.size(); }
  CompressedLines by_rows() const { return {rows_, row_begin_.data(), column_.data()}; }
  CompressedLines by_columns() const { return {columns_, column_begin_.data(), row_.data()}; }

  /// The live values of `matrix` in the order of by_rows() and of by_columns(), `count()` each.
  void pack_rows(const real* matrix, real* packed) const;
  void pack_columns(const real* matrix, real* packed) const;
  /// matrix += what `packed` holds in the order of by_rows().
  void add_rows(const real* packed, real* matrix) const;

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<std::uint32_t> row_begin_;
  std::vector<std::uint32_t> column_;
  std::vector<std::uint32_t> column_begin_;
  std::vector<std::uint32_t> row_;
};

}  // namespace espalier
