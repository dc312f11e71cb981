#pragma once

#include <cstdint>
#include <string>

#include "layers/linear.h"

namespace espalier {

/// Self-attention with several heads (Vaswani et al., arXiv 1706.03762, section 3.2), with the
/// parameters of torch.nn.MultiheadAttention: `name`.in_proj_weight [3E, E] and .in_proj_bias [3E]
/// for queries, keys and values, `name`.out_proj.weight [E, E] and .out_proj.bias [E]. Where heads
/// are missing, A = heads · head_size takes the place of E in rows of in_proj and columns of
/// out_proj.
class MultiheadAttention {
 public:
  /// `head_size` 0: E/heads, which must be whole.
  MultiheadAttention(Parameters& parameters, const std::string& name, std::int64_t embed,
                     std::int64_t heads, std::int64_t head_size = 0);

  /// Everything from U(±1/√E), as if all four matrices were linear layers of their own. (PyTorch's
  /// module has Xavier's range for the first three and zero biases.)
  void initialise(RandomKey key);

  /// x [E, tokens · batch] → [E, tokens · batch]. The weights of attention are offered to
  /// regularizers as Site::attention, [heads, queries, keys, batch].
  Var forward(Forward& pass, Var x, std::int64_t tokens) const;

  std::int64_t heads() const { return heads_; }
  const Parameter& in_proj_weight() const { return in_proj_weight_; }
  const Parameter& in_proj_bias() const { return in_proj_bias_; }
  const Linear& out_proj() const { return out_proj_; }

 private:
  std::int64_t heads_;
  Parameter& in_proj_weight_;
  Parameter& in_proj_bias_;
  Linear out_proj_;
};

}  // namespace espalier
