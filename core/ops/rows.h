#pragma once

#include <algorithm>

#include "core/kernels/kernels.h"
#include "core/tensor.h"

namespace espalier {

// Biases: one number per row of a [rows, columns] block.

/// block[r][c] ← bias[r].
inline void fill_rows(const real* bias, std::int64_t rows, std::int64_t columns, real* block) {
  for (std::int64_t r = 0; r < rows; ++r) std::fill_n(block + r * columns, columns, bias[r]);
}

/// sums[r] += Σ_c block[r][c].
inline void add_row_sums(const real* block, std::int64_t rows, std::int64_t columns, real* sums) {
  kernels().row_sums(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), block,
                     sums);
}

}  // namespace espalier
