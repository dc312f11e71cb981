#include "core/kernels/kernels.h"
#include "core/ops.h"

namespace espalier {

namespace {

/// y = exp(x);  dx += dy·y
struct Exp final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += grad[i] * value[i];
  }
};

}  // namespace

Var exp(Var x) {
  Exp& node = x.tape().record<Exp>("exp", {x}, x.shape());
  kernels().exp(static_cast<std::size_t>(x.value().size()), x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
