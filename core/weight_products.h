#pragma once

#include <cstddef>
#include <cstdint>

#include "core/tape.h"

namespace espalier {

// What ops do with a weight matrix W [out, in]: multiply it with columns. Where the tape says that
// most of W is pruned (Node::live), only live weights are touched; small products are done by our
// own kernels, large ones by OpenBLAS, and on a tape for inference all by our own, whose columns
// don't depend on each other. All ways give the same sums up to rounding. The objects live as long
// as one op's forward or backward and may be used for many time steps; what they need lies in the
// tape's arena.

struct WeightExtent {
  std::size_t out, in;
  explicit WeightExtent(const Node& weight);
  /// Whether a product with n columns is for our own kernels: it stays in the caches while columns
  /// go by, so that a BLAS's packing of its operands costs more than it gains, and it isn't a
  /// product with a few vectors, for which a BLAS has ways of its own.
  bool is_small_for(std::size_t n) const { return out * in <= 32'768 && n >= 4; }
};

/// Forward.
class WeightProduct {
 public:
  explicit WeightProduct(Var weight) : weight_(weight) {}

  /// y [out, n] ← W·x [in, n] + bias [out]
  void set(const real* x, std::int64_t n, const real* bias, real* y);
  /// y [out, n] += W·x [in, n]
  void add(const real* x, std::int64_t n, real* y);

 private:
  /// Without a bias the sums begin with y.
  void multiply(const real* x, std::int64_t n, const real* bias, real* y);
  /// The same of a single column, which fills no register: the rows of W do, side by side. Each sum
  /// is added up as it would be among other columns.
  void multiply_column(const WeightExtent& size, const real* x, const real* bias, real* y);

  Var weight_;
  real* packed_ = nullptr;      // live values by rows, from the first product on
  real* transposed_ = nullptr;  // Wᵀ, from the second product with a single column on
  bool had_column_ = false;
};

/// Backward.
class WeightGradient {
 public:
  explicit WeightGradient(Var weight);

  /// dx [in, n] += Wᵀ·dy [out, n]
  void propagate(const real* dy, std::int64_t n, real* dx);
  /// dW += dy [out, n]·xᵀ, x [in, n]; nothing if W isn't trained. Complete after `finish`.
  void collect(const real* dy, const real* x, std::int64_t n);
  /// Call once, after the last `collect`.
  void finish() const;

 private:
  Var weight_;
  WeightExtent size_;
  real* packed_ = nullptr;  // live values by columns, from the first propagate on
  /// Whether only gradients of live weights are collected: by rows, in parts (see kernels.h). Else
  /// the whole gradient is, its rows filled up to whole registers.
  bool skips_pruned_ = false;
  real* sums_ = nullptr;
  std::size_t padded_in_ = 0;
  real* transposed_ = nullptr;  // xᵀ, rows likewise filled up with zeros
  std::size_t transposed_size_ = 0;
};

}  // namespace espalier
