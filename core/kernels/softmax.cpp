#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

/// Columns worked on together: they stay in the nearest cache from pass to pass.
constexpr std::size_t block = 64;

}  // namespace

void softmax(std::size_t rows, std::size_t columns, const real* x, real* y) {
  for (std::size_t begin = 0; begin < columns; begin += block) {
    const std::size_t width = columns - begin < block ? columns - begin : block;
    // The largest of a column is taken off first: exp then can't overflow.
    real largest[block];
    real sum[block];
    for (std::size_t c = 0; c < width; ++c) largest[c] = x[begin + c];
    for (std::size_t r = 1; r < rows; ++r) {
      const real* row = x + r * columns + begin;
      for (std::size_t c = 0; c < width; ++c)
        largest[c] = row[c] > largest[c] ? row[c] : largest[c];
    }
    for (std::size_t c = 0; c < width; ++c) sum[c] = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const real* row = x + r * columns + begin;
      real* to = y + r * columns + begin;
      for (std::size_t c = 0; c < width; ++c) {
        to[c] = exp_of(row[c] - largest[c]);
        sum[c] += to[c];
      }
    }
    for (std::size_t c = 0; c < width; ++c) sum[c] = 1 / sum[c];
    for (std::size_t r = 0; r < rows; ++r) {
      real* to = y + r * columns + begin;
      for (std::size_t c = 0; c < width; ++c) to[c] *= sum[c];
    }
  }
}

void softmax_backward(std::size_t rows, std::size_t columns, const real* y, const real* dy,
                      real* dx) {
  for (std::size_t begin = 0; begin < columns; begin += block) {
    const std::size_t width = columns - begin < block ? columns - begin : block;
    real sum[block];
    for (std::size_t c = 0; c < width; ++c) sum[c] = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t at = r * columns + begin;
      for (std::size_t c = 0; c < width; ++c) sum[c] += dy[at + c] * y[at + c];
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t at = r * columns + begin;
      real* __restrict to = dx + at;
      for (std::size_t c = 0; c < width; ++c) to[c] += y[at + c] * (dy[at + c] - sum[c]);
    }
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
