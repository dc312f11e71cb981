#include "core/ops.h"

namespace espalier {

namespace {

/// y = factor·x;  dx += factor·dy
struct Scale final : Node {
  real factor = 1;

  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += factor * grad[i];
  }
};

}  // namespace

Var scale(Var x, real factor) {
  Scale& node = x.tape().record<Scale>("scale", {x}, x.shape());
  node.factor = factor;
  const Tensor y = node.value;
  const Tensor from = x.value();
  for (std::int64_t i = 0, n = y.size(); i < n; ++i) y[i] = factor * from[i];
  return x.tape().last();
}

}  // namespace espalier
