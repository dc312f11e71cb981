#include <algorithm>

#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/recurrent.h"

namespace espalier {

namespace {

/// Backpropagation through time: with dh_t the whole gradient of a state, that of the sum inside is
///   d_t = dh_t·(1 − h_t²) for tanh,  dh_t where h_t > 0 for relu
struct RnnSequence final : Node {
  RnnNonlinearity nonlinearity = RnnNonlinearity::tanh;

  void backward() override {
    const RecurrentSizes size(inputs[of_x].shape(), inputs[of_weight_hh].shape());
    const Tensor d = inputs[of_x].tape().arena().allocate(Shape{size.state()});
    RecurrentGradients products(inputs, size);
    for (std::int64_t t = size.steps - 1; t >= 0; --t) {
      const real* h = value.data + t * size.state();
      const real* dh = grad.data + t * size.state();
      std::ranges::fill(d.span(), real{0});
      const auto slope =
          nonlinearity == RnnNonlinearity::tanh ? kernels().tanh_backward : kernels().relu_backward;
      slope(d.span().size(), h, dh, d.data);
      const std::int64_t previous = (t - 1) * size.state();
      products.step(t, d.data, t > 0 ? value.data + previous : nullptr,
                    t > 0 ? grad.data + previous : nullptr);
    }
    products.finish();
  }

  void list_weight_products(std::vector<WeightProductSize>& products) const override {
    list_recurrent_products(inputs, products);
  }
};

}  // namespace

Var rnn_sequence(Var x, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh,
                 RnnNonlinearity nonlinearity) {
  const Var inputs[] = {x, weight_ih, weight_hh, bias_ih, bias_hh};
  check_recurrent("rnn_sequence", 1, inputs);
  const RecurrentSizes size(x.shape(), weight_hh.shape());
  Tape& tape = x.tape();
  RnnSequence& node =
      tape.record<RnnSequence>("rnn_sequence", inputs, {size.steps, size.hidden, size.batch});
  node.nonlinearity = nonlinearity;
  const Tensor bias = add_biases(inputs, size);

  RecurrentProducts products(inputs, size);
  for (std::int64_t t = 0; t < size.steps; ++t) {
    real* h = node.value.data + t * size.state();
    products.input(t, bias_of_step(bias, t), h);
    if (t > 0) products.hidden(h - size.state(), h);
    const auto activate = nonlinearity == RnnNonlinearity::tanh ? kernels().tanh : kernels().relu;
    activate(static_cast<std::size_t>(size.state()), h, h);
  }
  return tape.last();
}

}  // namespace espalier
