#include <algorithm>
#include <string>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y[e][b] = Σ_n x[e][n, b]/tokens;  dx[e][n, b] += dy[e][b]/tokens
struct MeanTokens final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t batch = grad.shape[1];
    const std::int64_t tokens = dx.shape[1] / batch;
    real* to = dx.data;
    for (std::int64_t e = 0; e < grad.shape[0]; ++e) {
      const real* dy = grad.data + e * batch;
      for (std::int64_t n = 0; n < tokens; ++n, to += batch) {
        for (std::int64_t b = 0; b < batch; ++b) to[b] += dy[b] / static_cast<real>(tokens);
      }
    }
  }
};

}  // namespace

Var mean_tokens(Var x, std::int64_t tokens) {
  check_rank("mean_tokens", "x", x, 2);
  if (tokens < 1 || x.shape()[1] % tokens != 0) {
    fail("mean_tokens", "x has shape " + x.shape().text() + ", expected columns of " +
                            std::to_string(tokens) + " equal tokens");
  }
  const std::int64_t embed = x.shape()[0];
  const std::int64_t batch = x.shape()[1] / tokens;
  MeanTokens& node = x.tape().record<MeanTokens>("mean_tokens", {x}, {embed, batch});
  std::ranges::fill(node.value.span(), real{0});
  const real* from = x.value().data;
  for (std::int64_t e = 0; e < embed; ++e) {
    real* y = node.value.data + e * batch;
    for (std::int64_t n = 0; n < tokens; ++n, from += batch) {
      for (std::int64_t b = 0; b < batch; ++b) y[b] += from[b];
    }
    for (std::int64_t b = 0; b < batch; ++b) y[b] /= static_cast<real>(tokens);
  }
  return x.tape().last();
}

}  // namespace espalier
