#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/attention.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// For each head and sample: Y = V·Wᵀ;  dW += dYᵀ·V,  dV += dY·W
struct AttentionValues final : Node {
  void backward() override {
    const Var weights = inputs[0];
    const Var qkv = inputs[1];
    const AttentionSizes size(op, qkv, weights.shape()[0], weights.shape()[1]);
    const std::size_t row = size.tokens * size.batch;
    for (std::size_t h = 0; h < size.heads; ++h) {
      const std::size_t at = 2 * size.block() + h * size.head();
      const real* dy = grad.data + h * size.head();
      if (weights.needs_grad()) {
        kernels().compare_tokens(size.head_size, size.tokens, size.batch, 1, dy,
                                 qkv.value().data + at, 1, weights.grad().data + h * size.scores());
      }
      if (qkv.needs_grad()) {
        kernels().mix_tokens(size.head_size, size.tokens, size.batch, 1,
                             weights.value().data + h * size.scores(), size.batch, row, dy, 1,
                             qkv.grad().data + at);
      }
    }
  }
};

}  // namespace

Var attention_values(Var weights, Var qkv) {
  check_rank("attention_values", "weights", weights, 4);
  const AttentionSizes size("attention_values", qkv, weights.shape()[0], weights.shape()[1]);
  const auto tokens = static_cast<std::int64_t>(size.tokens);
  const auto batch = static_cast<std::int64_t>(size.batch);
  check_shape("attention_values", "weights", weights, {weights.shape()[0], tokens, tokens, batch},
              "(heads, queries, keys and batch, as qkv says)");
  AttentionValues& node = weights.tape().record<AttentionValues>(
      "attention_values", {weights, qkv}, {qkv.shape()[0] / 3, qkv.shape()[1]});
  for (std::size_t h = 0; h < size.heads; ++h) {
    kernels().mix_tokens(size.head_size, size.tokens, size.batch, 1,
                         weights.value().data + h * size.scores(), size.tokens * size.batch,
                         size.batch, qkv.value().data + 2 * size.block() + h * size.head(), 0,
                         node.value.data + h * size.head());
  }
  return weights.tape().last();
}

}  // namespace espalier
