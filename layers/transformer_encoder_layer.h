#pragma once

#include <cstdint>
#include <string>

#include "layers/feed_forward.h"
#include "layers/layer_norm.h"
#include "layers/multihead_attention.h"

namespace espalier {

/// Whether a branch is normalised on its way in or the sum on its way out.
enum class NormOrder { pre, post };

/// Self-attention, then a feed-forward block, each on a branch beside a shortcut; with the
/// parameters of torch.nn.TransformerEncoderLayer: `name`.self_attn.*, .linear1.*, .linear2.*,
/// .norm1.* and .norm2.*.
///   post (Vaswani et al., arXiv 1706.03762):  x ← norm(x + branch(x))
///   pre (Xiong et al., arXiv 2002.04745):     x ← x + branch(norm(x))
class TransformerEncoderLayer {
 public:
  struct Options {
    std::int64_t embed = 64;
    std::int64_t heads = 4;
    /// 0: embed/heads.
    std::int64_t head_size = 0;
    std::int64_t feed_forward = 256;
    Nonlinearity nonlinearity = Nonlinearity::relu;
    NormOrder norm_order = NormOrder::post;
  };

  TransformerEncoderLayer(Parameters& parameters, const std::string& name, const Options& options);

  /// Linear layers from U(±1/√in), norms with gain 1 and bias 0.
  void initialise(RandomKey key);

  /// x [embed, tokens · batch] → the same shape. Both branches are offered to regularizers as
  /// Site::residual before they join the shortcut.
  Var forward(Forward& pass, Var x, std::int64_t tokens) const;

  const MultiheadAttention& self_attn() const { return self_attn_; }
  const FeedForward& feed_forward() const { return feed_forward_; }

 private:
  NormOrder norm_order_;
  MultiheadAttention self_attn_;
  FeedForward feed_forward_;
  LayerNorm norm1_;
  LayerNorm norm2_;
};

}  // namespace espalier
