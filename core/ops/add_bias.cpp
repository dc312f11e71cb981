#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

/// y[r][c] = x[r][c] + bias[r];  dx += dy,  dbias[r] += Σ_c dy[r][c]
struct AddBias final : Node {
  void backward() override {
    if (inputs[0].needs_grad()) {
      const Tensor dx = inputs[0].grad();
      for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += grad[i];
    }
    if (inputs[1].needs_grad()) {
      add_row_sums(grad.data, grad.shape[0], grad.shape.inner().size(), inputs[1].grad().data);
    }
  }
};

}  // namespace

Var add_bias(Var x, Var bias) {
  if (x.shape().rank() < 1) fail("add_bias", "x is a single number, expected 1 axis or more");
  check_shape("add_bias", "bias", bias, {x.shape()[0]}, "(one per row of x)");
  AddBias& node = x.tape().record<AddBias>("add_bias", {x, bias}, x.shape());
  const std::int64_t columns = x.shape().inner().size();
  fill_rows(bias.value().data, x.shape()[0], columns, node.value.data);
  const Tensor from = x.value();
  for (std::int64_t i = 0, n = from.size(); i < n; ++i) node.value[i] += from[i];
  return x.tape().last();
}

}  // namespace espalier
