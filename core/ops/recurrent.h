#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/tape.h"

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
/// [gates·H, H] and both biases [gates·H].
void check_recurrent(std::string_view op, std::int64_t gates, std::span<const Var> inputs);

/// to [rows, batch] ← weight_ih · x_t + bias [rows].
void input_projection(std::span<const Var> inputs, const RecurrentSizes& size, std::int64_t t,
                      const real* bias, real* to);

/// to [rows, batch] += weight_hh · h [H, batch].
void add_hidden_projection(std::span<const Var> inputs, const RecurrentSizes& size, const real* h,
                           real* to);

/// From the gradient d [rows, batch] of one step's input projection:
///   dx_t += weight_ihᵀ·d,  dweight_ih += d·x_tᵀ,  dbias_ih += Σ_batch d
void input_projection_backward(std::span<const Var> inputs, const RecurrentSizes& size,
                               std::int64_t t, const real* d);

/// From the gradient d [rows, batch] of one step's hidden projection of h [H, batch], both null at
/// the first step (h = 0):
///   dh += weight_hhᵀ·d,  dweight_hh += d·hᵀ,  dbias_hh += Σ_batch d
void hidden_projection_backward(std::span<const Var> inputs, const RecurrentSizes& size,
                                const real* d, const real* h, real* dh);

}  // namespace espalier
