#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y[e][n, b] = x[e][n, b] + positions[n][e];  dx += dy,  dpositions[n][e] += Σ_b dy[e][n, b]
struct AddPositions final : Node {
  void backward() override {
    const Var x = inputs[0];
    const Var positions = inputs[1];
    const std::int64_t tokens = positions.shape()[0];
    const std::int64_t embed = positions.shape()[1];
    const std::int64_t batch = grad.shape[1] / tokens;
    if (x.needs_grad()) {
      const Tensor dx = x.grad();
      for (std::int64_t i = 0, n = grad.size(); i < n; ++i) dx[i] += grad[i];
    }
    if (!positions.needs_grad()) return;
    const Tensor d = positions.grad();
    const real* dy = grad.data;
    for (std::int64_t e = 0; e < embed; ++e) {
      for (std::int64_t n = 0; n < tokens; ++n, dy += batch) {
        real total = 0;
        for (std::int64_t b = 0; b < batch; ++b) total += dy[b];
        d[n * embed + e] += total;
      }
    }
  }
};

}  // namespace

Var add_positions(Var x, Var positions) {
  check_rank("add_positions", "x", x, 2);
  check_rank("add_positions", "positions", positions, 2);
  const std::int64_t tokens = positions.shape()[0];
  const std::int64_t embed = positions.shape()[1];
  if (x.shape()[0] != embed || x.shape()[1] % tokens != 0) {
    fail("add_positions", "x has shape " + x.shape().text() + " and positions " +
                              positions.shape().text() +
                              ", expected [embed, tokens * batch] and [tokens, embed]");
  }
  const std::int64_t batch = x.shape()[1] / tokens;
  AddPositions& node = x.tape().record<AddPositions>("add_positions", {x, positions}, x.shape());
  const real* from = x.value().data;
  real* y = node.value.data;
  for (std::int64_t e = 0; e < embed; ++e) {
    for (std::int64_t n = 0; n < tokens; ++n, from += batch, y += batch) {
      const real position = positions.value()[n * embed + e];
      for (std::int64_t b = 0; b < batch; ++b) y[b] = from[b] + position;
    }
  }
  return x.tape().last();
}

}  // namespace espalier
