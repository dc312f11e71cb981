#include <cmath>

#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/attention.h"

namespace espalier {

namespace {

/// For each head and sample: S = Qᵀ·K/√d;  dQ += K·dSᵀ/√d,  dK += Q·dS/√d
struct AttentionScores final : Node {
  std::int64_t heads = 1;
  std::int64_t tokens = 1;

  void backward() override {
    const AttentionSizes size(op, inputs[0], heads, tokens);
    const real factor = 1 / std::sqrt(static_cast<real>(size.head_size));
    const std::size_t row = size.tokens * size.batch;
    for (std::size_t h = 0; h < size.heads; ++h) {
      const real* q = inputs[0].value().data + h * size.head();
      const real* k = q + size.block();
      real* dq = inputs[0].grad().data + h * size.head();
      real* dk = dq + size.block();
      const real* ds = grad.data + h * size.scores();
      kernels().mix_tokens(size.head_size, size.tokens, size.batch, factor, ds, row, size.batch, k,
                           1, dq);
      kernels().mix_tokens(size.head_size, size.tokens, size.batch, factor, ds, size.batch, row, q,
                           1, dk);
    }
  }
};

}  // namespace

Var attention_scores(Var qkv, std::int64_t heads, std::int64_t tokens) {
  const AttentionSizes size("attention_scores", qkv, heads, tokens);
  AttentionScores& node = qkv.tape().record<AttentionScores>(
      "attention_scores", {qkv}, {heads, tokens, tokens, static_cast<std::int64_t>(size.batch)});
  node.heads = heads;
  node.tokens = tokens;
  const real factor = 1 / std::sqrt(static_cast<real>(size.head_size));
  for (std::size_t h = 0; h < size.heads; ++h) {
    const real* q = qkv.value().data + h * size.head();
    kernels().compare_tokens(size.head_size, size.tokens, size.batch, factor, q, q + size.block(),
                             0, node.value.data + h * size.scores());
  }
  return qkv.tape().last();
}

}  // namespace espalier
