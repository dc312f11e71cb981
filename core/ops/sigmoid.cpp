#include "core/kernels/kernels.h"
#include "core/ops.h"

namespace espalier {

namespace {

/// y = 1/(1 + exp(−x));  dx += dy·y(1 − y)
struct Sigmoid final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i)
      dx[i] += grad[i] * value[i] * (1 - value[i]);
  }
};

}  // namespace

Var sigmoid(Var x) {
  Sigmoid& node = x.tape().record<Sigmoid>("sigmoid", {x}, x.shape());
  kernels().sigmoid(static_cast<std::size_t>(x.value().size()), x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
