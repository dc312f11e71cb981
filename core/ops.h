#pragma once

#include <cstdint>
#include <span>

#include "core/tape.h"

/// The differentiable operations. Each stands in its own file in `core/ops/`, backward beside
/// forward; all check their shapes and throw Error naming the op, the shapes found and expected.

namespace espalier {

// ---- element-wise: same shape in, same shape out ------------------------------------------------

Var add(Var a, Var b);
Var sub(Var a, Var b);
Var mul(Var a, Var b);
/// factor·x for a fixed factor.
Var scale(Var x, real factor);
Var exp(Var x);
Var sigmoid(Var x);
Var tanh(Var x);
/// max(x, 0); slope 0 at 0.
Var relu(Var x);
/// factor·x where keep[i] is 1, else 0, whatever x[i] is (NaN included). `keep` has one byte per
/// element and must live as long as the tape's step.
Var mask_scale(Var x, std::span<const std::uint8_t> keep, real factor);

// ---- shape --------------------------------------------------------------------------------------

/// The same elements in another shape of equal size.
Var reshape(Var x, const Shape& shape);
/// Entries begin ≤ i < end of the outermost axis: [n, …] → [end − begin, …].
Var slice(Var x, std::int64_t begin, std::int64_t end);
/// Entry i of the outermost axis: [n, …] → […].
Var select(Var x, std::int64_t i);
/// Joins along the outermost axis: [n₁, …], [n₂, …] → [n₁ + n₂, …].
Var concat(std::span<const Var> parts);
/// Joins equal shapes along a new outermost axis: k times […] → [k, …].
Var stack(std::span<const Var> parts);

// ---- reductions and losses: to one element, [1] -------------------------------------------------

Var sum(Var x);
Var mean(Var x);
/// mean (prediction − target)².
Var mse_loss(Var prediction, Var target);
/// mean |prediction − target|; slope 0 where they are equal.
Var mae_loss(Var prediction, Var target);

// ---- linear algebra -----------------------------------------------------------------------------

/// a [m, k] · b [k, n] → [m, n].
Var matmul(Var a, Var b);
/// x [n, …] + bias [n], one bias per row of the outermost axis.
Var add_bias(Var x, Var bias);

// ---- fused: one node where the basic ops would record many --------------------------------------

/// weight [out, in] · x + bias [out] for x [in, batch] → [out, batch], or, step by step,
/// x [time, in, batch] → [time, out, batch].
Var linear(Var x, Var weight, Var bias);

/// A whole LSTM layer from zero initial state (Hochreiter & Schmidhuber 1997, with forget gate and
/// PyTorch's conventions: gates in the order i, f, g, o; two bias vectors).
///   x [time, in, batch], weight_ih [4H, in], weight_hh [4H, H], bias_ih [4H], bias_hh [4H]
///   → h of every step, [time, H, batch]
/// For each step: gates = weight_ih·x + bias_ih + weight_hh·h + bias_hh;
///   i, f, o = σ(gates), g = tanh(gates);  c ← f·c + i·g;  h ← o·tanh(c)
Var lstm_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh);

enum class RnnNonlinearity { tanh, relu };

/// A whole Elman layer from zero initial state (Elman 1990, as torch.nn.RNN); shapes as for
/// lstm_sequence with H rows in place of 4H.
///   h ← tanh(weight_ih·x + bias_ih + weight_hh·h + bias_hh), or relu of the same
Var rnn_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh,
                 RnnNonlinearity nonlinearity);

/// A whole GRU layer from zero initial state (Cho et al. 2014, as torch.nn.GRU: the reset gate acts
/// after the matrix product); shapes as for lstm_sequence with gates r, z, n and 3H rows.
///   r, z = σ(W_i·x + b_i + W_h·h + b_h);  n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn))
///   h ← (1 − z)·n + z·h
Var gru_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh);

}  // namespace espalier
