#include "core/kernels/kernels.h"
#include "core/ops.h"

namespace espalier {

namespace {

/// y = x·Φ(x) with Φ the normal distribution;  dx += dy·(Φ(x) + x·φ(x))
struct Gelu final : Node {
  void backward() override {
    const Var x = inputs[0];
    kernels().gelu_backward(static_cast<std::size_t>(grad.size()), x.value().data, grad.data,
                            x.grad().data);
  }
};

}  // namespace

Var gelu(Var x) {
  Gelu& node = x.tape().record<Gelu>("gelu", {x}, x.shape());
  kernels().gelu(static_cast<std::size_t>(x.value().size()), x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
