#include <numeric>

#include "core/ops.h"

namespace espalier {

namespace {

/// y = Σ x;  dx += dy
struct Sum final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0, n = dx.size(); i < n; ++i) dx[i] += grad[0];
  }
};

}  // namespace

Var sum(Var x) {
  Sum& node = x.tape().record<Sum>("sum", {x}, {1});
  const auto elements = x.value().span();
  node.value[0] = static_cast<real>(std::accumulate(elements.begin(), elements.end(), 0.0));
  return x.tape().last();
}

}  // namespace espalier
