#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = a·b;  da += dy·b,  db += dy·a
struct Mul final : Node {
  void backward() override {
    const Var a = inputs[0];
    const Var b = inputs[1];
    const std::int64_t size = b.value().size();
    for (std::int64_t from = 0; from < grad.size(); from += size) {
      const real* dy = grad.data + from;
      const real* left = a.value().data + from;
      const real* right = b.value().data;
      if (a.needs_grad()) {
        real* da = a.grad().data + from;
        for (std::int64_t i = 0; i < size; ++i) da[i] += dy[i] * right[i];
      }
      if (b.needs_grad()) {
        real* db = b.grad().data;
        for (std::int64_t i = 0; i < size; ++i) db[i] += dy[i] * left[i];
      }
    }
  }
};

}  // namespace

Var mul(Var a, Var b) {
  check_trailing("mul", a, b);
  Mul& node = a.tape().record<Mul>("mul", {a, b}, a.shape());
  const Tensor right = b.value();
  for (std::int64_t from = 0; from < node.value.size(); from += right.size()) {
    const real* left = a.value().data + from;
    real* y = node.value.data + from;
    for (std::int64_t i = 0, n = right.size(); i < n; ++i) y[i] = left[i] * right[i];
  }
  return a.tape().last();
}

}  // namespace espalier
