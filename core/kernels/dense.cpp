#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

// Products at the sizes of a training step are too small for a BLAS to repay the copies it makes of
// its operands. Here a tile of the result stays in registers while the depth goes by: for each step
// one broadcast per row of the tile and one load per register of its width. Only operands so wide
// that their rows would crowd each other out of the cache are copied, a panel at a time.

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

// A tile fills the registers that this instruction set has, but for what the operands need.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::size_t tile_registers = 4;
#else
constexpr std::size_t tile_registers = 2;
#endif
constexpr std::size_t tile_rows = 6;
constexpr std::size_t panel_width = tile_registers * lanes;
/// Steps of depth done in one go; their panel fits the first-level cache.
constexpr std::size_t depth_block = 256;
/// Elements up to which a whole operand stays in the first-level cache, and is read in place.
constexpr std::size_t largest_in_place = 20'480 / sizeof(real);

/// A matrix or its transpose: element (r, k) is first[r·row_stride + k·depth_stride].
struct Weights {
  const real* first;
  std::size_t row_stride;
  std::size_t depth_stride;
};

struct Columns {
  const real* first;
  std::size_t stride;
};

template <std::size_t rows, std::size_t registers>
inline void multiply_tile(std::size_t depth, const Weights& w, const Columns& x, const real* bias,
                          real* y, std::size_t y_stride) {
  Vector sum[rows][registers];
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < registers; ++j) {
      sum[i][j] = bias != nullptr ? bias[i] - Vector{} : vector_at(y + i * y_stride + j * lanes);
    }
  }
  for (std::size_t k = 0; k < depth; ++k) {
    Vector from[registers];
    for (std::size_t j = 0; j < registers; ++j) {
      from[j] = vector_at(x.first + k * x.stride + j * lanes);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const Vector value = w.first[i * w.row_stride + k * w.depth_stride] - Vector{};
      for (std::size_t j = 0; j < registers; ++j) sum[i][j] += value * from[j];
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < registers; ++j) {
      vector_at(y + i * y_stride + j * lanes) = sum[i][j];
    }
  }
}

template <std::size_t rows, std::size_t registers>
inline void multiply_rows(std::size_t r, std::size_t depth, const Weights& w, const Columns& x,
                          const real* bias, real* y, std::size_t y_stride) {
  multiply_tile<rows, registers>(depth, {w.first + r * w.row_stride, w.row_stride, w.depth_stride},
                                 x, bias != nullptr ? bias + r : nullptr, y + r * y_stride,
                                 y_stride);
}

template <std::size_t registers>
inline void multiply_panel(std::size_t rows, std::size_t depth, const Weights& w, const Columns& x,
                           const real* bias, real* y, std::size_t y_stride) {
  std::size_t r = 0;
  for (; r + tile_rows <= rows; r += tile_rows) {
    multiply_rows<tile_rows, registers>(r, depth, w, x, bias, y, y_stride);
  }
  for (; r + 4 <= rows; r += 4) multiply_rows<4, registers>(r, depth, w, x, bias, y, y_stride);
  for (; r < rows; ++r) multiply_rows<1, registers>(r, depth, w, x, bias, y, y_stride);
}

/// The last columns, fewer than a register holds: copied to where a register's worth of room is.
template <std::size_t rows>
inline void multiply_rest_rows(std::size_t r, std::size_t depth, const Weights& w,
                               const Columns& filled_up, std::size_t width, const real* bias,
                               real* y, std::size_t y_stride) {
  real tile[rows * lanes] = {};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t b = 0; b < width; ++b) tile[i * lanes + b] = y[(r + i) * y_stride + b];
  }
  multiply_tile<rows, 1>(depth, {w.first + r * w.row_stride, w.row_stride, w.depth_stride},
                         filled_up, bias != nullptr ? bias + r : nullptr, tile, lanes);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t b = 0; b < width; ++b) y[(r + i) * y_stride + b] = tile[i * lanes + b];
  }
}

inline void multiply_rest(std::size_t rows, std::size_t depth, const Weights& w, const Columns& x,
                          std::size_t width, const real* bias, real* y, std::size_t y_stride) {
  real filled_up[depth_block * lanes] = {};
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t b = 0; b < width; ++b) filled_up[k * lanes + b] = x.first[k * x.stride + b];
  }
  const Columns columns{filled_up, lanes};
  std::size_t r = 0;
  for (; r + tile_rows <= rows; r += tile_rows) {
    multiply_rest_rows<tile_rows>(r, depth, w, columns, width, bias, y, y_stride);
  }
  for (; r < rows; ++r) {
    multiply_rest_rows<1>(r, depth, w, columns, width, bias, y, y_stride);
  }
}

/// All columns, for a depth of at most depth_block.
inline void multiply_block(std::size_t rows, std::size_t depth, std::size_t n, const Weights& w,
                           const real* x, const real* bias, real* y) {
  real panel[depth_block * panel_width];
  std::size_t b = 0;
  for (; b + panel_width <= n; b += panel_width) {
    Columns columns{x + b, n};
    if (n * depth > largest_in_place) {
      for (std::size_t k = 0; k < depth; ++k) {
        for (std::size_t j = 0; j < panel_width; j += lanes) {
          vector_at(panel + k * panel_width + j) = vector_at(x + k * n + b + j);
        }
      }
      columns = {panel, panel_width};
    }
    multiply_panel<tile_registers>(rows, depth, w, columns, bias, y + b, n);
  }
  for (; b + lanes <= n; b += lanes) {
    multiply_panel<1>(rows, depth, w, {x + b, n}, bias, y + b, n);
  }
  if (b < n) multiply_rest(rows, depth, w, {x + b, n}, n - b, bias, y + b, n);
}

inline void multiply(std::size_t rows, std::size_t depth, std::size_t n, const Weights& w,
                     const real* x, const real* bias, real* y) {
  for (std::size_t k = 0; k < depth; k += depth_block) {
    const std::size_t steps = depth - k < depth_block ? depth - k : depth_block;
    multiply_block(rows, steps, n, {w.first + k * w.depth_stride, w.row_stride, w.depth_stride},
                   x + k * n, k == 0 ? bias : nullptr, y);
  }
}

}  // namespace

void dense_multiply(std::size_t rows, std::size_t depth, std::size_t n, const real* w,
                    const real* x, const real* bias, real* y) {
  multiply(rows, depth, n, {w, depth, 1}, x, bias, y);
}

void dense_multiply_transposed(std::size_t rows, std::size_t depth, std::size_t n, const real* w,
                               const real* x, real* y) {
  multiply(rows, depth, n, {w, 1, rows}, x, nullptr, y);
}

void transpose(std::size_t rows, std::size_t columns, const real* x, std::size_t y_stride,
               real* y) {
  constexpr std::size_t block = 8;  // rows whose lines stay in the cache while y is written
  for (std::size_t r = 0; r < rows; r += block) {
    const std::size_t end = rows - r < block ? rows : r + block;
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t i = r; i < end; ++i) y[c * y_stride + i] = x[i * columns + c];
    }
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
