#pragma once

#include <cstddef>
#include <span>

#include "core/real.h"

namespace espalier {

/// The loops that are worth compiling once per instruction set. The files in this folder are built
/// for each, and `kernels()` returns the best table the running CPU can execute, so one binary runs
/// everywhere of its architecture and is fast where it can be.
struct KernelTable {
  const char* instruction_set;

  /// y ← exp(x), element-wise, n elements; y may be x. Float: relative error below 1e-7;
  /// results under 1.2e-38 come out as 0, above 3.4e38 as infinity.
  void (*exp)(std::size_t n, const real* x, real* y);
  /// y ← tanh(x). Float: relative error below 1.5e-7.
  void (*tanh)(std::size_t n, const real* x, real* y);
  /// y ← 1/(1+exp(−x)). Float: relative error below 1.6e-7; results under 1.2e-38
  /// may come out as 0.
  void (*sigmoid)(std::size_t n, const real* x, real* y);

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
