#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = x in another shape;  dx += dy
struct Reshape final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += grad[i];
  }
};

}  // namespace

Var reshape(Var x, const Shape& shape) {
  if (shape.size() != x.shape().size()) {
    fail("reshape",
         "x has shape " + x.shape().text() + ", expected as many elements as in " + shape.text());
  }
  Reshape& node = x.tape().record<Reshape>("reshape", {x}, shape);
  std::ranges::copy(x.value().span(), node.value.data);
  return x.tape().last();
}

}  // namespace espalier
