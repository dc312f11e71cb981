#include <algorithm>

#include "core/blas.h"
#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

struct Sizes {
  std::int64_t steps, in, hidden, batch;

  Sizes(const Shape& x, const Shape& weight_hh)
      : steps(x[0]), in(x[1]), hidden(weight_hh[1]), batch(x[2]) {}

  std::int64_t state() const { return hidden * batch; }
  std::int64_t gates() const { return 4 * hidden * batch; }
};

enum Input : std::size_t { of_x, of_weight_ih, of_weight_hh, of_bias_ih, of_bias_hh };

/// Backpropagation through time. Walking the steps in reverse, the cell turns the gradient of h and
/// c into that of the gates' pre-activations dG, and then
///   dx_t += W_ihᵀ·dG_t    dh_{t−1} += W_hhᵀ·dG_t
///   dW_ih += dG_t·x_tᵀ    dW_hh += dG_t·h_{t−1}ᵀ    db += Σ_batch dG_t
struct LstmSequence final : Node {
  // What forward computed, step by step: [time, 4H, batch], [time, H, batch] twice.
  const real* gates = nullptr;
  const real* c = nullptr;
  const real* tanh_c = nullptr;

  void backward() override {
    const Sizes size(inputs[of_x].shape(), inputs[of_weight_hh].shape());
    Arena& arena = inputs[of_x].tape().arena();
    const Tensor d_gates = arena.allocate(Shape{size.gates()});
    const Tensor dc = arena.allocate(Shape{size.state()});
    std::ranges::fill(dc.span(), real{0});

    for (std::int64_t t = size.steps - 1; t >= 0; --t) {
      const real* c_previous = t > 0 ? c + (t - 1) * size.state() : nullptr;
      kernels().lstm_cell_backward(static_cast<std::size_t>(size.state()), gates + t * size.gates(),
                                   c_previous, tanh_c + t * size.state(),
                                   grad.data + t * size.state(), dc.data, d_gates.data);
      spread(size, t, d_gates.data);
    }
  }

  /// Hands the gradient of one step's gates on to everything they were computed from.
  void spread(const Sizes& size, std::int64_t t, const real* d_gates) {
    const std::int64_t rows = 4 * size.hidden;
    const std::int64_t x_at = t * size.in * size.batch;
    if (inputs[of_x].needs_grad()) {
      gemm(Transpose::yes, Transpose::no, size.in, size.batch, rows,
           inputs[of_weight_ih].value().data, d_gates, 1, inputs[of_x].grad().data + x_at);
    }
    if (inputs[of_weight_ih].needs_grad()) {
      gemm(Transpose::no, Transpose::yes, rows, size.in, size.batch, d_gates,
           inputs[of_x].value().data + x_at, 1, inputs[of_weight_ih].grad().data);
    }
    for (const Input bias : {of_bias_ih, of_bias_hh}) {
      if (inputs[bias].needs_grad()) {
        add_row_sums(d_gates, rows, size.batch, inputs[bias].grad().data);
      }
    }
    if (t == 0) return;
    const std::int64_t previous = (t - 1) * size.state();
    gemm(Transpose::yes, Transpose::no, size.hidden, size.batch, rows,
         inputs[of_weight_hh].value().data, d_gates, 1, grad.data + previous);
    if (inputs[of_weight_hh].needs_grad()) {
      gemm(Transpose::no, Transpose::yes, rows, size.hidden, size.batch, d_gates,
           value.data + previous, 1, inputs[of_weight_hh].grad().data);
    }
  }
};

void check(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh) {
  constexpr const char* op = "lstm_sequence";
  check_rank(op, "x", x, 3);
  check_rank(op, "weight_hh", weight_hh, 2);
  const std::int64_t hidden = weight_hh.shape()[1];
  check_shape(op, "weight_hh", weight_hh, {4 * hidden, hidden}, "(4 gates of hidden × hidden)");
  check_rank(op, "weight_ih", weight_ih, 2);
  if (weight_ih.shape()[1] != x.shape()[1]) {
    fail(op, "x has shape " + x.shape().text() + ", weight_ih " + weight_ih.shape().text() +
                 " expects " + std::to_string(weight_ih.shape()[1]) + " input features");
  }
  check_shape(op, "weight_ih", weight_ih, {4 * hidden, x.shape()[1]}, "(as weight_hh and x say)");
  check_shape(op, "bias_ih", bias_ih, {4 * hidden}, "(one per gate row)");
  check_shape(op, "bias_hh", bias_hh, {4 * hidden}, "(one per gate row)");
}

}  // namespace

Var lstm_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh) {
  check(x, weight_ih, weight_hh, bias_ih, bias_hh);
  const Sizes size(x.shape(), weight_hh.shape());
  const std::int64_t rows = 4 * size.hidden;
  Tape& tape = x.tape();
  LstmSequence& node =
      tape.record<LstmSequence>("lstm_sequence", {x, weight_ih, weight_hh, bias_ih, bias_hh},
                                {size.steps, size.hidden, size.batch});
  // For backward every step is kept; without one, the steps share a buffer (c: two, alternating).
  const bool keep = node.needs_grad;
  const std::int64_t kept_steps = keep ? size.steps : 1;
  real* gates = tape.arena().allocate(Shape{kept_steps * size.gates()}).data;
  real* tanh_c = tape.arena().allocate(Shape{kept_steps * size.state()}).data;
  const std::int64_t c_steps = keep ? size.steps : 2;
  real* c = tape.arena().allocate(Shape{c_steps * size.state()}).data;
  const Tensor bias = tape.arena().allocate(Shape{rows});
  for (std::int64_t r = 0; r < rows; ++r) bias[r] = bias_ih.value()[r] + bias_hh.value()[r];

  const real* c_previous = nullptr;
  for (std::int64_t t = 0; t < size.steps; ++t) {
    const std::int64_t slot = keep ? t : 0;
    real* gates_now = gates + slot * size.gates();
    real* c_now = c + (t % c_steps) * size.state();
    real* h_now = node.value.data + t * size.state();
    fill_rows(bias.data, rows, size.batch, gates_now);
    gemm(Transpose::no, Transpose::no, rows, size.batch, size.in, weight_ih.value().data,
         x.value().data + t * size.in * size.batch, 1, gates_now);
    if (t > 0) {
      gemm(Transpose::no, Transpose::no, rows, size.batch, size.hidden, weight_hh.value().data,
           h_now - size.state(), 1, gates_now);
    }
    kernels().lstm_cell_forward(static_cast<std::size_t>(size.state()), gates_now, c_previous,
                                c_now, tanh_c + slot * size.state(), h_now);
    c_previous = c_now;
  }
  node.gates = gates;
  node.c = c;
  node.tanh_c = tanh_c;
  return tape.last();
}

}  // namespace espalier
