#include "core/kernels/kernels.h"
#include "core/ops.h"

namespace espalier {

namespace {

/// y = tanh(x);  dx += dy·(1 − y²)
struct Tanh final : Node {
  void backward() override {
    kernels().tanh_backward(value.span().size(), value.data, grad.data, inputs[0].grad().data);
  }
};

}  // namespace

Var tanh(Var x) {
  Tanh& node = x.tape().record<Tanh>("tanh", {x}, x.shape());
  kernels().tanh(static_cast<std::size_t>(x.value().size()), x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
