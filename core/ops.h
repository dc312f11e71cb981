#pragma once

#include <cstdint>
#include <span>

#include "core/tape.h"

/// The differentiable operations. Each stands in its own file in `core/ops/`, backward beside
/// forward; all check their shapes and throw Error naming the op, the shapes found and expected.

namespace espalier {

// ---- element-wise: same shape in, same shape out ------------------------------------------------

// In these four, b may have only the trailing axes of a: it is then used for each leading entry.
Var add(Var a, Var b);
Var sub(Var a, Var b);
Var mul(Var a, Var b);
Var div(Var a, Var b);
/// factor·x for a fixed factor.
Var scale(Var x, real factor);
Var exp(Var x);
Var sigmoid(Var x);
Var tanh(Var x);
/// max(x, 0); slope 0 at 0.
Var relu(Var x);
/// x·Φ(x) with Φ the normal distribution function (GELU, arXiv 1606.08415, in its exact form).
Var gelu(Var x);
/// √(x + epsilon).
Var sqrt(Var x, real epsilon);
/// exp(x)/Σ exp(x), the sum over the features of a sample: [..., features, batch].
Var softmax(Var x);
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

/// [n] → [n, count]: each element `count` times.
Var repeat(Var x, std::int64_t count);
/// For each entry of the outermost axis the mean of the `rows` around it, an odd number; the first
/// and the last entry are repeated beyond the ends.
Var moving_average(Var x, std::int64_t rows);
/// x `count` times, one below the other along the outermost axis: [n, …] → [count · n, …].
Var repeat_rows(Var x, std::int64_t count);
/// [m, n] → [n, m].
Var transpose(Var x);
/// Features features[0], features[1], … of a sequence: [time, features, batch] → [time, k, batch].
/// `features` must live as long as the tape's step.
Var select_features(Var x, std::span<const std::int64_t> features);
/// At every place of the inner axes the values along the outermost one in ascending order, equal
/// ones in the order they had: the same shape. A NaN stays among them.
Var sort_rows(Var x);

// ---- reductions and losses: to one element, [1], unless it says otherwise -----------------------

Var sum(Var x);
Var mean(Var x);
/// The mean over the outermost axis: [n, …] → […].
Var mean_rows(Var x);
/// mean (prediction − target)².
Var mse_loss(Var prediction, Var target);
/// mean |prediction − target|; slope 0 where they are equal.
Var mae_loss(Var prediction, Var target);
/// The quantile (pinball) loss of Koenker & Bassett 1978, mean max(q·e, (q − 1)·e) with
/// e = target − prediction, over elements and levels q; slope 0 where e is 0.
///   prediction [levels · n, …]: the n rows for the first level, then those for the next;
///   target [n, …]
/// `levels` must live as long as the tape's step.
Var pinball_loss(Var prediction, Var target, std::span<const double> levels);

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
/// Either bias may be [time, 4H] instead: one for each step.
/// For each step: gates = weight_ih·x + bias_ih + weight_hh·h + bias_hh;
///   i, f, o = σ(gates), g = tanh(gates);  c ← f·c + i·g;  h ← o·tanh(c)
Var lstm_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh);

/// gain·x̂ + bias, x̂ the features of a sample shifted and scaled to mean 0 and variance 1 (layer
/// normalisation, arXiv 1607.06450; the variance divided by n, epsilon added to it):
/// x [features, batch], gain [features], bias [features] → [features, batch].
Var layer_norm(Var x, Var gain, Var bias, real epsilon);

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

// ---- tokens: each a column, [features, tokens · batch] ------------------------------------------

/// Patches of `length` rows, one every `stride` rows of x [time, channels, batch], as columns:
/// → [length · channels, count · batch], row t · channels + c. Rows beyond the last repeat it.
Var patches(Var x, std::int64_t length, std::int64_t stride, std::int64_t count);

/// x [embed, tokens · batch] + positions [tokens, embed], each token its own.
Var add_positions(Var x, Var positions);

/// The mean over tokens: [embed, tokens · batch] → [embed, batch].
Var mean_tokens(Var x, std::int64_t tokens);

/// How well each token's query fits each token's key, head by head (Vaswani et al., arXiv
/// 1706.03762, equation 1): QᵀK/√(embed/heads).
///   qkv [3 · embed, tokens · batch]: queries above keys above values, each with its heads one
///   above the other → [heads, queries, keys, batch]
Var attention_scores(Var qkv, std::int64_t heads, std::int64_t tokens);

/// For each token the sum of all tokens' values by `weights` [heads, queries, keys, batch]
/// → [embed, tokens · batch]; qkv as for attention_scores.
Var attention_values(Var weights, Var qkv);

}  // namespace espalier
