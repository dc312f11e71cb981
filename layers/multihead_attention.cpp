#include "layers/multihead_attention.h"

#include <cmath>

#include "core/ops.h"
#include "layers/initialise.h"

namespace espalier {

namespace {

/// Of all heads together.
std::int64_t inner_size(std::int64_t embed, std::int64_t heads, std::int64_t head_size) {
  return head_size == 0 ? embed : heads * head_size;
}

}  // namespace

MultiheadAttention::MultiheadAttention(Parameters& parameters, const std::string& name,
                                       std::int64_t embed, std::int64_t heads,
                                       std::int64_t head_size)
    : heads_(heads),
      in_proj_weight_(parameters.add(name + ".in_proj_weight", ParameterKind::weight,
                                     {3 * inner_size(embed, heads, head_size), embed},
                                     {.blocks = 3, .heads = heads})),
      in_proj_bias_(parameters.add(name + ".in_proj_bias", ParameterKind::bias,
                                   {in_proj_weight_.shape()[0]})),
      out_proj_(parameters, name + ".out_proj", inner_size(embed, heads, head_size), embed,
                {.heads = heads, .heads_in_columns = true, .same_heads_as = &in_proj_weight_}) {}

void MultiheadAttention::initialise(RandomKey key) {
  const double bound = 1 / std::sqrt(static_cast<double>(in_proj_weight_.shape()[1]));
  initialise_uniform(in_proj_weight_, bound, key);
  initialise_uniform(in_proj_bias_, bound, key);
  out_proj_.initialise(key);
}

Var MultiheadAttention::forward(Forward& pass, Var x, std::int64_t tokens) const {
  const Var qkv = linear(x, pass.parameter(in_proj_weight_), pass.parameter(in_proj_bias_));
  const Var weights = pass.activation(
      Site::attention, named(softmax(attention_scores(qkv, heads_, tokens)), "attention"));
  return out_proj_.forward(pass, attention_values(weights, qkv));
}

}  // namespace espalier
