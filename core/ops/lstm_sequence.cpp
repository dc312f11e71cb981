#include <algorithm>

#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/recurrent.h"

namespace espalier {

namespace {

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
    const RecurrentSizes size(inputs[of_x].shape(), inputs[of_weight_hh].shape());
    Arena& arena = inputs[of_x].tape().arena();
    const Tensor d_gates = arena.allocate(Shape{size.gates()});
    const Tensor dc = arena.allocate(Shape{size.state()});
    std::ranges::fill(dc.span(), real{0});

    RecurrentGradients products(inputs, size);
    for (std::int64_t t = size.steps - 1; t >= 0; --t) {
      const std::int64_t previous = (t - 1) * size.state();
      kernels().lstm_cell_backward(static_cast<std::size_t>(size.state()), gates + t * size.gates(),
                                   t > 0 ? c + previous : nullptr, tanh_c + t * size.state(),
                                   grad.data + t * size.state(), dc.data, d_gates.data);
      products.step(t, d_gates.data, t > 0 ? value.data + previous : nullptr,
                    t > 0 ? grad.data + previous : nullptr);
    }
    products.finish();
  }

  void list_weight_products(std::vector<WeightProductSize>& products) const override {
    list_recurrent_products(inputs, products);
  }
};

}  // namespace

Var lstm_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh) {
  const Var inputs[] = {x, weight_ih, weight_hh, bias_ih, bias_hh};
  check_recurrent("lstm_sequence", 4, inputs);
  const RecurrentSizes size(x.shape(), weight_hh.shape());
  Tape& tape = x.tape();
  LstmSequence& node =
      tape.record<LstmSequence>("lstm_sequence", inputs, {size.steps, size.hidden, size.batch});
  // For backward every step is kept; without one, the steps share a buffer (c: two, alternating).
  const bool keep = node.needs_grad;
  const std::int64_t kept_steps = keep ? size.steps : 1;
  real* gates = tape.arena().allocate(Shape{kept_steps * size.gates()}).data;
  real* tanh_c = tape.arena().allocate(Shape{kept_steps * size.state()}).data;
  const std::int64_t c_steps = keep ? size.steps : 2;
  real* c = tape.arena().allocate(Shape{c_steps * size.state()}).data;
  const Tensor bias = add_biases(inputs, size);

  RecurrentProducts products(inputs, size);
  const real* c_previous = nullptr;
  for (std::int64_t t = 0; t < size.steps; ++t) {
    const std::int64_t slot = keep ? t : 0;
    real* gates_now = gates + slot * size.gates();
    real* c_now = c + (t % c_steps) * size.state();
    real* h_now = node.value.data + t * size.state();
    products.input(t, bias_of_step(bias, t), gates_now);
    if (t > 0) products.hidden(h_now - size.state(), gates_now);
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
