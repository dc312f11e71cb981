#pragma once

#include <cstdint>

#include "core/tape.h"

namespace espalier {

// What ops do with a weight matrix W [out, in]: multiply it with columns. Where the tape says that
// most of W is pruned (Node::live), only live weights are touched; else OpenBLAS does the work.
// Both ways give the same sums up to rounding. The objects live as long as one op's forward or
// backward and may be used for many time steps; what they need lies in the tape's arena.

/// Forward.
class WeightProduct {
 public:
  explicit WeightProduct(Var weight);

  /// y [out, n] += W·x [in, n]
  void add(const real* x, std::int64_t n, real* y) const;

 private:
  const Node& weight_;
  real* packed_ = nullptr;  // live values by rows
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
  real* packed_ = nullptr;  // live values by columns
  real* sums_ = nullptr;    // gradients of live weights by rows, in parts
};

}  // namespace espalier
