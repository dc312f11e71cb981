#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

// A batch is the contiguous axis, so that one live weight meets `width` neighbouring samples at
// once: one broadcast and a multiply-add for each register of a panel of x. The panel of y (or of
// dy) stays in registers while a whole line of weights goes by, and the cost of a pruned weight is
// nothing at all.

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

/// Registers per panel at most: 64 samples with AVX2, 128 with AVX-512. What is left of a batch is
/// done in panels of half as many registers, and so on.
constexpr std::size_t most_registers = 8;

/// y[line] += Σ value·x[across] for `registers` registers of samples of each row. One sum after the
/// other, as the dense kernels add: a dead weight's 0 left out, forecasts are theirs to the bit.
template <std::size_t registers>
inline void multiply_panel(const CompressedLines& weights, const real* values, std::size_t batch,
                           const real* x, const real* bias, real* y) {
  for (std::size_t line = 0; line < weights.count; ++line) {
    const std::size_t end = weights.begin[line + 1];
    real* to = y + line * batch;
    Vector sum[registers];
    for (std::size_t j = 0; j < registers; ++j) {
      sum[j] = bias != nullptr ? bias[line] - Vector{} : vector_at(to + j * lanes);
    }
    for (std::size_t k = weights.begin[line]; k < end; ++k) {
      const real* from = x + weights.across[k] * batch;
      const Vector value = values[k] - Vector{};
      for (std::size_t j = 0; j < registers; ++j) sum[j] += value * vector_at(from + j * lanes);
    }
    for (std::size_t j = 0; j < registers; ++j) vector_at(to + j * lanes) = sum[j];
  }
}

/// The same for the last samples, fewer than a register holds.
inline void multiply_rest(const CompressedLines& weights, const real* values, std::size_t batch,
                          std::size_t from, const real* x, const real* bias, real* y) {
  for (std::size_t line = 0; line < weights.count; ++line) {
    for (std::size_t b = from; bias != nullptr && b < batch; ++b) y[line * batch + b] = bias[line];
    for (std::size_t k = weights.begin[line]; k < weights.begin[line + 1]; ++k) {
      for (std::size_t b = from; b < batch; ++b) {
        y[line * batch + b] += values[k] * x[weights.across[k] * batch + b];
      }
    }
  }
}

/// Multiplies panel after panel, as wide as still fit, and moves `b` on.
template <std::size_t registers>
inline void multiply_panels(const CompressedLines& weights, const real* values, std::size_t batch,
                            std::size_t& b, const real* x, const real* bias, real* y) {
  for (; b + registers * lanes <= batch; b += registers * lanes) {
    multiply_panel<registers>(weights, values, batch, x + b, bias, y + b);
  }
  if constexpr (registers > 1) {
    multiply_panels<registers / 2>(weights, values, batch, b, x, bias, y);
  }
}

/// Lines whose sums stay in the first-level cache while panel after panel goes by.
constexpr std::size_t lines_at_once = 8;

struct Lines {
  std::size_t begin;
  std::size_t end;
};

/// sums[k] += dy[line]·x[across] over `registers` registers of samples, lane by lane.
template <std::size_t registers>
inline void collect_panel(const CompressedLines& weights, Lines lines, std::size_t batch,
                          const real* dy, const real* x, real* sums) {
  for (std::size_t line = lines.begin; line < lines.end; ++line) {
    const std::size_t end = weights.begin[line + 1];
    std::size_t k = weights.begin[line];
    if (k == end) continue;
    Vector d[registers];
    for (std::size_t j = 0; j < registers; ++j) d[j] = vector_at(dy + line * batch + j * lanes);
    for (; k < end; ++k) {
      const real* from = x + weights.across[k] * batch;
      Vector sum = vector_at(sums + k * lanes);
      for (std::size_t j = 0; j < registers; ++j) sum += d[j] * vector_at(from + j * lanes);
      vector_at(sums + k * lanes) = sum;
    }
  }
}

/// Collects panel after panel, as wide as still fit, and moves `b` on.
template <std::size_t registers>
inline void collect_panels(const CompressedLines& weights, Lines lines, std::size_t batch,
                           std::size_t& b, const real* dy, const real* x, real* sums) {
  for (; b + registers * lanes <= batch; b += registers * lanes) {
    collect_panel<registers>(weights, lines, batch, dy + b, x + b, sums);
  }
  if constexpr (registers > 1) {
    collect_panels<registers / 2>(weights, lines, batch, b, dy, x, sums);
  }
}

inline void collect_rest(const CompressedLines& weights, Lines lines, std::size_t batch,
                         std::size_t from, const real* dy, const real* x, real* sums) {
  for (std::size_t line = lines.begin; line < lines.end; ++line) {
    for (std::size_t k = weights.begin[line]; k < weights.begin[line + 1]; ++k) {
      for (std::size_t b = from; b < batch; ++b) {
        sums[k * lanes] += dy[line * batch + b] * x[weights.across[k] * batch + b];
      }
    }
  }
}

}  // namespace

void sparse_multiply(const CompressedLines& weights, const real* values, std::size_t batch,
                     const real* x, const real* bias, real* y) {
  std::size_t b = 0;
  multiply_panels<most_registers>(weights, values, batch, b, x, bias, y);
  if (b < batch) multiply_rest(weights, values, batch, b, x, bias, y);
}

void sparse_collect(const CompressedLines& weights, std::size_t batch, const real* dy,
                    const real* x, real* sums) {
  for (std::size_t first = 0; first < weights.count; first += lines_at_once) {
    const std::size_t rest = weights.count - first;
    const Lines lines{first, first + (rest < lines_at_once ? rest : lines_at_once)};
    std::size_t b = 0;
    collect_panels<most_registers>(weights, lines, batch, b, dy, x, sums);
    if (b < batch) collect_rest(weights, lines, batch, b, dy, x, sums);
  }
}

void sum_lanes(std::size_t n, const real* sums, real* totals) {
  for (std::size_t k = 0; k < n; ++k) {
    real total = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) total += sums[k * lanes + lane];
    totals[k] = total;
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
