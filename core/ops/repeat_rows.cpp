#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y is x, `count` times one below the other;  dx += the sum of its copies' gradients
struct RepeatRows final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t from = 0; from < grad.size(); from += dx.size()) {
      for (std::int64_t i = 0, n = dx.size(); i < n; ++i) dx[i] += grad[from + i];
    }
  }
};

}  // namespace

Var repeat_rows(Var x, std::int64_t count) {
  if (x.shape().rank() < 1 || count < 1) {
    fail("repeat_rows", "x has shape " + x.shape().text() + " and is wanted " +
                            std::to_string(count) +
                            " times, expected 1 axis or more and 1 time "
                            "or more");
  }
  RepeatRows& node = x.tape().record<RepeatRows>("repeat_rows", {x},
                                                 x.shape().inner().prepend(count * x.shape()[0]));
  real* y = node.value.data;
  for (std::int64_t k = 0; k < count; ++k) y = std::ranges::copy(x.value().span(), y).out;
  return x.tape().last();
}

}  // namespace espalier
