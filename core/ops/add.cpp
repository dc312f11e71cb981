#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = a + b;  da += dy,  db += dy
struct Add final : Node {
  void backward() override {
    const Var a = inputs[0];
    const Var b = inputs[1];
    if (a.needs_grad()) {
      const Tensor da = a.grad();
      for (std::int64_t i = 0; i < grad.size(); ++i) da[i] += grad[i];
    }
    if (b.needs_grad()) {
      const Tensor db = b.grad();
      for (std::int64_t i = 0; i < grad.size(); ++i) db[i] += grad[i];
    }
  }
};

}  // namespace

Var add(Var a, Var b) {
  check_same_shape("add", a, b);
  Add& node = a.tape().record<Add>("add", {a, b}, a.shape());
  const Tensor y = node.value;
  const Tensor left = a.value();
  const Tensor right = b.value();
  for (std::int64_t i = 0; i < y.size(); ++i) y[i] = left[i] + right[i];
  return a.tape().last();
}

}  // namespace espalier
