#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/rows.h"
#include "core/weight_products.h"

namespace espalier {

namespace {

struct LinearSizes {
  std::int64_t steps, in, out, batch;

  LinearSizes(const Shape& x, const Shape& weight)
      : steps(x.rank() == 3 ? x[0] : 1), in(weight[1]), out(weight[0]), batch(x[x.rank() - 1]) {}
};

/// For each step: Y = W·X + b;  dX += Wᵀ·dY,  dW += dY·Xᵀ,  db += Σ_batch dY
struct Linear final : Node {
  void backward() override {
    const Var x = inputs[0];
    const Var weight = inputs[1];
    const Var bias = inputs[2];
    const LinearSizes size(x.shape(), weight.shape());
    WeightGradient product(weight);
    for (std::int64_t t = 0; t < size.steps; ++t) {
      const real* dy = grad.data + t * size.out * size.batch;
      const std::int64_t at = t * size.in * size.batch;
      if (x.needs_grad()) product.propagate(dy, size.batch, x.grad().data + at);
      product.collect(dy, x.value().data + at, size.batch);
      if (bias.needs_grad()) add_row_sums(dy, size.out, size.batch, bias.grad().data);
    }
    product.finish();
  }

  void list_weight_products(std::vector<WeightProductSize>& products) const override {
    const LinearSizes size(inputs[0].shape(), inputs[1].shape());
    products.push_back({size.out, size.in, size.batch, size.steps, inputs[0].needs_grad()});
  }
};

}  // namespace

Var linear(Var x, Var weight, Var bias) {
  check_rank("linear", "weight", weight, 2);
  if (x.shape().rank() != 2 && x.shape().rank() != 3) {
    fail("linear",
         "x has shape " + x.shape().text() + ", expected [in, batch] or [time, in, batch]");
  }
  const LinearSizes size(x.shape(), weight.shape());
  if (x.shape()[x.shape().rank() - 2] != size.in) {
    fail("linear", "x has shape " + x.shape().text() + ", weight " + weight.shape().text() +
                       " expects " + std::to_string(size.in) + " input features");
  }
  check_shape("linear", "bias", bias, {size.out}, "(one per row of weight)");

  const Shape shape =
      x.shape().rank() == 2 ? Shape{size.out, size.batch} : Shape{size.steps, size.out, size.batch};
  Linear& node = x.tape().record<Linear>("linear", {x, weight, bias}, shape);
  WeightProduct product(weight);
  for (std::int64_t t = 0; t < size.steps; ++t) {
    real* y = node.value.data + t * size.out * size.batch;
    product.set(x.value().data + t * size.in * size.batch, size.batch, bias.value().data, y);
  }
  return x.tape().last();
}

}  // namespace espalier
