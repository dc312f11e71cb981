#include "core/ops.h"

namespace espalier {

namespace {

/// y = max(x, 0);  dx += dy where y > 0. A NaN stays a NaN.
struct Relu final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += value[i] > 0 ? grad[i] : real{0};
  }
};

}  // namespace

Var relu(Var x) {
  Relu& node = x.tape().record<Relu>("relu", {x}, x.shape());
  const Tensor y = node.value;
  const Tensor from = x.value();
  for (std::int64_t i = 0, n = y.size(); i < n; ++i) y[i] = from[i] < 0 ? real{0} : from[i];
  return x.tape().last();
}

}  // namespace espalier
