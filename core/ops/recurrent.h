#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/tape.h"
#include "core/weight_products.h"

namespace espalier {

// What the fused recurrent ops (rnn, lstm, gru) share: five inputs in one order, the sizes, and the
// matrix products of a time step. `rows` is the height of the stacked gates: 1, 3 or 4 times H.

/// Positions of the inputs of a recurrent node.
enum RecurrentInput : std::size_t { of_x, of_weight_ih, of_weight_hh, of_bias_ih, of_bias_hh };

struct RecurrentSizes {
  std::int64_t steps, in, hidden, batch, rows;

  /// x [time, in, batch], weight_hh [rows, hidden].
  RecurrentSizes(const Shape& x, const Shape& weight_hh)
      : steps(x[0]), in(x[1]), hidden(weight_hh[1]), batch(x[2]), rows(weight_hh[0]) {}

  /// Elements of one step's hidden state and of one step's stacked gates.
  std::int64_t state() const { return hidden * batch; }
  std::int64_t gates() const { return rows * batch; }
};

/// Throws Error naming `op` unless x is [time, in, batch], weight_ih [gates·H, in], weight_hh
/// [gates·H, H] and each bias [gates·H] or [time, gates·H].
void check_recurrent(std::string_view op, std::int64_t gates, std::span<const Var> inputs);

/// What Node::list_weight_products asks of a recurrent node.
void list_recurrent_products(std::span<const Var> inputs, std::vector<WeightProductSize>& products);

/// A bias of step t, or its gradient: of [rows] always the same, of [time, rows] a row of its own.
real* bias_of_step(const Tensor& bias, std::int64_t t);
/// bias_ih + bias_hh in the tape's arena: [rows], or [time, rows] if one of them has steps.
Tensor add_biases(std::span<const Var> inputs, const RecurrentSizes& size);

/// The matrix products of the forward pass.
class RecurrentProducts {
 public:
  RecurrentProducts(std::span<const Var> inputs, const RecurrentSizes& size);

  /// to [rows, batch] ← weight_ih · x_t + bias [rows].
  void input(std::int64_t t, const real* bias, real* to);
  /// to [rows, batch] += weight_hh · h [H, batch].
  void hidden(const real* h, real* to);

 private:
  RecurrentSizes size_;
  const real* x_;
  WeightProduct weight_ih_;
  WeightProduct weight_hh_;
};

/// The matrix products of the backward pass, step by step. d [rows, batch] is the gradient of what
/// a product gave.
class RecurrentGradients {
 public:
  RecurrentGradients(std::span<const Var> inputs, const RecurrentSizes& size);

  /// dx_t += weight_ihᵀ·d,  dweight_ih += d·x_tᵀ
  void input(std::int64_t t, const real* d);
  /// dh += weight_hhᵀ·d,  dweight_hh += d·hᵀ for h [H, batch].
  void hidden(const real* d, const real* h, real* dh);
  /// dbias_ih of step t += Σ_batch d,  dbias_hh likewise.
  void bias_ih(std::int64_t t, const real* d);
  void bias_hh(std::int64_t t, const real* d);
  /// Where the input and the hidden product have the same gradient: all of a step. h and dh are
  /// null at the first one (h = 0).
  void step(std::int64_t t, const real* d, const real* h, real* dh);
  /// Call once, after the last step.
  void finish();

 private:
  std::span<const Var> inputs_;
  RecurrentSizes size_;
  WeightGradient weight_ih_;
  WeightGradient weight_hh_;
  Tensor bias_sums_;  // of `step`, for both biases where all steps share them
};

}  // namespace espalier
