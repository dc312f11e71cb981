#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/real.h"

namespace espalier {

/// The live weights of a matrix, line after line (rows, or columns for its transpose): those of
/// line i are begin[i] ≤ k < begin[i + 1], and across[k] says where in the line each stands,
/// ascending.
struct CompressedLines {
  std::size_t count;
  const std::uint32_t* begin;   // count + 1 entries
  const std::uint32_t* across;  // begin[count] entries
};

/// The loops that are worth compiling once per instruction set. The files in this folder are built
/// for each, and `kernels()` returns the best table the running CPU can execute, so one binary runs
/// everywhere of its architecture and is fast where it can be.
/// Arrays don't overlap unless a line says so.
struct KernelTable {
  const char* instruction_set;
  /// Numbers per register.
  std::size_t lanes;

  /// y ← exp(x), element-wise, n elements; y may be x. Float: relative error below 1e-7;
  /// results under 1.2e-38 come out as 0, above 3.4e38 as infinity.
  void (*exp)(std::size_t n, const real* x, real* y);
  /// y ← tanh(x); y may be x. Float: relative error below 4e-7.
  void (*tanh)(std::size_t n, const real* x, real* y);
  /// y ← 1/(1+exp(−x)); y may be x. Float: relative error below 1.6e-7; never
  /// below 1.2e-38.
  void (*sigmoid)(std::size_t n, const real* x, real* y);

  /// dx += dy·(1 − y²), y = tanh(x).
  void (*tanh_backward)(std::size_t n, const real* y, const real* dy, real* dx);
  /// y ← max(x, 0); y may be x.
  void (*relu)(std::size_t n, const real* x, real* y);
  /// dx += dy where y = max(x, 0) is above 0.
  void (*relu_backward)(std::size_t n, const real* y, const real* dy, real* dx);

  /// y ← x·Φ(x). Float: absolute error below 4e-7·max(1, |x|).
  void (*gelu)(std::size_t n, const real* x, real* y);
  /// dx += dy·(Φ(x) + x·φ(x)).
  void (*gelu_backward)(std::size_t n, const real* x, const real* dy, real* dx);

  /// y ← factor·x where keep is 1, else 0, whatever x is (NaN included).
  void (*mask_scale)(std::size_t n, const std::uint8_t* keep, real factor, const real* x, real* y);
  /// dx += factor·dy where keep is 1.
  void (*mask_scale_backward)(std::size_t n, const std::uint8_t* keep, real factor, const real* dy,
                              real* dx);

  /// y ← exp(x)/Σ exp(x) down each column of [rows, columns]; y may be x.
  void (*softmax)(std::size_t rows, std::size_t columns, const real* x, real* y);
  /// dx += y·(dy − Σ dy·y), the sum down each column.
  void (*softmax_backward)(std::size_t rows, std::size_t columns, const real* y, const real* dy,
                           real* dx);

  /// Down each column of x [rows, columns]: normalised = (x − mean)·inverse_deviation with
  /// inverse_deviation [columns] = 1/√(variance + ε), y = gain·normalised + bias.
  void (*layer_norm)(std::size_t rows, std::size_t columns, const real* x, const real* gain,
                     const real* bias, real epsilon, real* normalised, real* inverse_deviation,
                     real* y);
  /// dx += (d − mean(d) − normalised·mean(d·normalised))·inverse_deviation with d = dy·gain;
  /// `sums` is room for 2·columns numbers.
  void (*layer_norm_backward)(std::size_t rows, std::size_t columns, const real* normalised,
                              const real* inverse_deviation, const real* gain, const real* dy,
                              real* sums, real* dx);

  /// sums[r] += Σ_c x[r][c] for x [rows, columns].
  void (*row_sums)(std::size_t rows, std::size_t columns, const real* x, real* sums);

  // Products of a matrix with a batch of columns.

  /// y [rows, n] ← w [rows, depth]·x [depth, n] + bias [rows]; without a bias (null), + y.
  void (*dense_multiply)(std::size_t rows, std::size_t depth, std::size_t n, const real* w,
                         const real* x, const real* bias, real* y);
  /// y [rows, n] += wᵀ·x [depth, n] for w [depth, rows]
  void (*dense_multiply_transposed)(std::size_t rows, std::size_t depth, std::size_t n,
                                    const real* w, const real* x, real* y);
  /// y[c][r] ← x[r][c] for x [rows, columns]; rows of y are y_stride apart.
  void (*transpose)(std::size_t rows, std::size_t columns, const real* x, std::size_t y_stride,
                    real* y);

  // Products of a pruned matrix W with a batch of columns, in time proportional to what is left of
  // it. `weights` has the rows of W, or its columns for the product with its transpose.

  /// y[line] ← Σ_k values[k]·x[across[k]] + bias[line]; without a bias (null), + y[line]. x and y
  /// have `batch` columns.
  void (*sparse_multiply)(const CompressedLines& weights, const real* values, std::size_t batch,
                          const real* x, const real* bias, real* y);
  /// The gradient of the live weights alone: sums[k] += Σ_batch dy[line]·x[across[k]]. To add up
  /// over many calls at no cost, each sum is kept in `lanes` parts, [live, lanes].
  void (*sparse_collect)(const CompressedLines& weights, std::size_t batch, const real* dy,
                         const real* x, real* sums);
  /// totals[k] ← the sum of the parts of sums[k], k < n.
  void (*sum_lanes)(std::size_t n, const real* sums, real* totals);

  // The two products of attention, for one head and all samples of a batch at once. a, c and out
  // are [features, tokens, batch]; s holds a number for each pair of tokens and each sample.

  /// s[n][m] ← factor·Σ_features a[n]·c[m] + beta·s[n][m] for s [tokens, tokens, batch]; beta is 0
  /// or 1.
  void (*compare_tokens)(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                         const real* a, const real* c, real beta, real* s);
  /// out[n] ← factor·Σ_m s[n][m]·c[m] + beta·out[n] for each feature, s[n][m] being at
  /// n·stride_n + m·stride_m; beta is 0 or 1.
  void (*mix_tokens)(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                     const real* s, std::size_t stride_n, std::size_t stride_m, const real* c,
                     real beta, real* out);

  /// One LSTM time step after the matrix products. `gates` [4][n] holds the pre-activations of
  /// i, f, g, o and is replaced by the activations; c, tanh_c and h are [n]; c_previous may be
  /// null at the first step (zero).
  ///   c = f·c_previous + i·g,  h = o·tanh(c)
  void (*lstm_cell_forward)(std::size_t n, real* gates, const real* c_previous, real* c,
                            real* tanh_c, real* h);
  /// The reverse: from dh and dc (the gradient that came from the next step) to the gradient of
  /// the pre-activations, d_gates [4][n]; dc is replaced by the gradient for c_previous.
  void (*lstm_cell_backward)(std::size_t n, const real* gates, const real* c_previous,
                             const real* tanh_c, const real* dh, real* dc, real* d_gates);

  /// keep[i] ← 0 where a random number of 16 bits is below drop_below, else 1. The numbers are
  /// those of core/random.h's philox under `key`: for each 8 counters the halves of their words 0
  /// and 1, counter by counter, then those of words 2 and 3.
  void (*keep_mask)(std::uint64_t key, std::uint32_t drop_below, std::size_t n, std::uint8_t* keep);
  /// x ← 0 where live is 0, whatever it was (NaN included).
  void (*zero_pruned)(std::size_t n, const std::uint8_t* live, real* x);
  /// Σ x², added up in double.
  double (*sum_of_squares)(std::size_t n, const real* x);
  /// Adam's update over a slab (Kingma & Ba 2015, as torch.optim.Adam computes it):
  ///   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  w ← w − step_size·m / (√v/√correction₂ + ε)
  void (*adam)(std::size_t n, const real* g, real* m, real* v, real* w, double beta1, double beta2,
               real step_size, real sqrt_correction2, real epsilon);
};

/// The table for this CPU.
const KernelTable& kernels();

/// Every table this CPU can run, plainest first (for tests and benchmarks).
std::span<const KernelTable* const> runnable_kernels();

}  // namespace espalier
