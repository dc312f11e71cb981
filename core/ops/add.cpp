#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = a + b;  da += dy,  db += dy
struct Add final : Node {
  void backward() override {
    const Var a = inputs[0];
    const Var b = inputs[1];
    const std::int64_t size = b.value().size();
    for (std::int64_t from = 0; from < grad.size(); from += size) {
      const real* dy = grad.data + from;
      if (a.needs_grad()) {
        real* da = a.grad().data + from;
        for (std::int64_t i = 0; i < size; ++i) da[i] += dy[i];
      }
      if (b.needs_grad()) {
        real* db = b.grad().data;
        for (std::int64_t i = 0; i < size; ++i) db[i] += dy[i];
      }
    }
  }
};

}  // namespace

Var add(Var a, Var b) {
  check_trailing("add", a, b);
  Add& node = a.tape().record<Add>("add", {a, b}, a.shape());
  const Tensor right = b.value();
  for (std::int64_t from = 0; from < node.value.size(); from += right.size()) {
    const real* left = a.value().data + from;
    real* y = node.value.data + from;
    for (std::int64_t i = 0, n = right.size(); i < n; ++i) y[i] = left[i] + right[i];
  }
  return a.tape().last();
}

}  // namespace espalier
