#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = x[begin … end);  dx[begin … end) += dy
struct Slice final : Node {
  std::int64_t offset = 0;

  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[offset + i] += grad[i];
  }
};

Var copy_range(const char* op, Var x, std::int64_t begin, const Shape& shape) {
  Slice& node = x.tape().record<Slice>(op, {x}, shape);
  node.offset = begin * x.shape().inner().size();
  std::copy_n(x.value().data + node.offset, shape.size(), node.value.data);
  return x.tape().last();
}

}  // namespace

Var slice(Var x, std::int64_t begin, std::int64_t end) {
  if (x.shape().rank() < 1 || begin < 0 || end <= begin || end > x.shape()[0]) {
    fail("slice", "entries " + std::to_string(begin) + " to " + std::to_string(end) +
                      " were asked of shape " + x.shape().text() +
                      ", expected 0 <= begin < end <= its outermost size");
  }
  return copy_range("slice", x, begin, x.shape().inner().prepend(end - begin));
}

Var select(Var x, std::int64_t i) {
  if (x.shape().rank() < 1 || i < 0 || i >= x.shape()[0]) {
    fail("select", "entry " + std::to_string(i) + " was asked of shape " + x.shape().text() +
                       ", expected 0 <= i < its outermost size");
  }
  return copy_range("select", x, i, x.shape().inner());
}

}  // namespace espalier
