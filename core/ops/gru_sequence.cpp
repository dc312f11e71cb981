#include <algorithm>

#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/recurrent.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

/// Backpropagation through time. With dh_t the whole gradient of a state, a = W_hn·h_{t−1} + b_hn:
///   dn = dh·(1 − z)·(1 − n²)    dz = dh·(h_{t−1} − n)·z(1 − z)    dr = dn·a·r(1 − r)
///   dh_{t−1} += dh·z
/// The input projection gets (dr, dz, dn), the hidden one (dr, dz, dn·r).
struct GruSequence final : Node {
  // What forward computed, step by step: activated r, z, n [time, 3H, batch] and a [time, H,
  // batch].
  const real* gates = nullptr;
  const real* hidden_n = nullptr;

  void backward() override {
    const RecurrentSizes size(inputs[of_x].shape(), inputs[of_weight_hh].shape());
    Arena& arena = inputs[of_x].tape().arena();
    const Tensor d_input = arena.allocate(Shape{size.gates()});
    const Tensor d_hidden = arena.allocate(Shape{size.gates()});
    RecurrentGradients products(inputs, size);
    for (std::int64_t t = size.steps - 1; t >= 0; --t) {
      const std::int64_t previous = (t - 1) * size.state();
      const real* h_previous = t > 0 ? value.data + previous : nullptr;
      real* dh_previous = t > 0 ? grad.data + previous : nullptr;
      cell_backward(size, t, h_previous, dh_previous, d_input.data, d_hidden.data);
      products.input(t, d_input.data);
      products.bias_ih(t, d_input.data);
      if (t > 0) products.hidden(d_hidden.data, h_previous, dh_previous);
      products.bias_hh(t, d_hidden.data);
    }
    products.finish();
  }

  void list_weight_products(std::vector<WeightProductSize>& products) const override {
    list_recurrent_products(inputs, products);
  }

  void cell_backward(const RecurrentSizes& size, std::int64_t t, const real* h_previous,
                     real* dh_previous, real* d_input, real* d_hidden) const {
    const std::int64_t n = size.state();
    const real* reset = gates + t * size.gates();
    const real* update = reset + n;
    const real* candidate = reset + 2 * n;
    const real* a = hidden_n + t * n;
    const real* dh = grad.data + t * n;
    for (std::int64_t i = 0; i < n; ++i) {
      const real h = h_previous != nullptr ? h_previous[i] : real{0};
      const real d_n = dh[i] * (1 - update[i]) * (1 - candidate[i] * candidate[i]);
      const real d_z = dh[i] * (h - candidate[i]) * update[i] * (1 - update[i]);
      const real d_r = d_n * a[i] * reset[i] * (1 - reset[i]);
      d_input[i] = d_hidden[i] = d_r;
      d_input[n + i] = d_hidden[n + i] = d_z;
      d_input[2 * n + i] = d_n;
      d_hidden[2 * n + i] = d_n * reset[i];
      if (dh_previous != nullptr) dh_previous[i] += dh[i] * update[i];
    }
  }
};

/// `gates` holds the input projections of r, z, n and `hidden` the hidden ones; leaves the
/// activated gates in `gates` and the new state in `h`.
void cell_forward(std::int64_t n, real* gates, const real* hidden, const real* h_previous,
                  real* h) {
  for (std::int64_t i = 0; i < 2 * n; ++i) gates[i] += hidden[i];
  kernels().sigmoid(static_cast<std::size_t>(2 * n), gates, gates);
  const real* reset = gates;
  const real* update = gates + n;
  real* candidate = gates + 2 * n;
  for (std::int64_t i = 0; i < n; ++i) candidate[i] += reset[i] * hidden[2 * n + i];
  kernels().tanh(static_cast<std::size_t>(n), candidate, candidate);
  for (std::int64_t i = 0; i < n; ++i) {
    const real before = h_previous != nullptr ? h_previous[i] : real{0};
    h[i] = (1 - update[i]) * candidate[i] + update[i] * before;
  }
}

}  // namespace

Var gru_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh) {
  const Var inputs[] = {x, weight_ih, weight_hh, bias_ih, bias_hh};
  check_recurrent("gru_sequence", 3, inputs);
  const RecurrentSizes size(x.shape(), weight_hh.shape());
  Tape& tape = x.tape();
  GruSequence& node =
      tape.record<GruSequence>("gru_sequence", inputs, {size.steps, size.hidden, size.batch});
  // For backward every step is kept; without one, the steps share a buffer.
  const std::int64_t kept_steps = node.needs_grad ? size.steps : 1;
  real* gates = tape.arena().allocate(Shape{kept_steps * size.gates()}).data;
  real* hidden_n = tape.arena().allocate(Shape{kept_steps * size.state()}).data;
  const Tensor hidden = tape.arena().allocate(Shape{size.gates()});

  RecurrentProducts products(inputs, size);
  for (std::int64_t t = 0; t < size.steps; ++t) {
    const std::int64_t slot = node.needs_grad ? t : 0;
    real* gates_now = gates + slot * size.gates();
    real* h = node.value.data + t * size.state();
    const real* h_previous = t > 0 ? h - size.state() : nullptr;
    products.input(t, bias_of_step(bias_ih.value(), t), gates_now);
    fill_rows(bias_of_step(bias_hh.value(), t), size.rows, size.batch, hidden.data);
    if (t > 0) products.hidden(h_previous, hidden.data);
    std::copy_n(hidden.data + 2 * size.state(), size.state(), hidden_n + slot * size.state());
    cell_forward(size.state(), gates_now, hidden.data, h_previous, h);
  }
  node.gates = gates;
  node.hidden_n = hidden_n;
  return tape.last();
}

}  // namespace espalier
