#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

/// y[i][k] = x[i];  dx[i] += Σ_k dy[i][k]
struct Repeat final : Node {
  void backward() override {
    const std::int64_t count = grad.shape[1];
    add_row_sums(grad.data, grad.shape[0], count, inputs[0].grad().data);
  }
};

}  // namespace

Var repeat(Var x, std::int64_t count) {
  check_rank("repeat", "x", x, 1);
  if (count < 1)
    fail("repeat", "asked for " + std::to_string(count) + " copies, expected 1 or more");
  Repeat& node = x.tape().record<Repeat>("repeat", {x}, {x.shape()[0], count});
  fill_rows(x.value().data, x.shape()[0], count, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
