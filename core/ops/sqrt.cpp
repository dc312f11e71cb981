#include <cmath>

#include "core/ops.h"

namespace espalier {

namespace {

/// y = √(x + ε);  dx += dy/(2y)
struct Sqrt final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += grad[i] / (2 * value[i]);
  }
};

}  // namespace

Var sqrt(Var x, real epsilon) {
  Sqrt& node = x.tape().record<Sqrt>("sqrt", {x}, x.shape());
  const Tensor y = node.value;
  const Tensor from = x.value();
  for (std::int64_t i = 0, n = y.size(); i < n; ++i) y[i] = std::sqrt(from[i] + epsilon);
  return x.tape().last();
}

}  // namespace espalier
