#include "layers/transformer_encoder_layer.h"

#include "core/ops.h"

namespace espalier {

TransformerEncoderLayer::TransformerEncoderLayer(Parameters& parameters, const std::string& name,
                                                 const Options& options)
    : norm_order_(options.norm_order),
      self_attn_(parameters, name + ".self_attn", options.embed, options.heads, options.head_size),
      feed_forward_(parameters, name, options.embed, options.feed_forward, options.nonlinearity),
      norm1_(parameters, name + ".norm1", options.embed, /*author_prunable=*/true),
      norm2_(parameters, name + ".norm2", options.embed, /*author_prunable=*/true) {}

void TransformerEncoderLayer::initialise(RandomKey key) {
  self_attn_.initialise(key);
  feed_forward_.initialise(key);
  norm1_.initialise();
  norm2_.initialise();
}

Var TransformerEncoderLayer::forward(Forward& pass, Var x, std::int64_t tokens) const {
  const auto attend = [&](Var input) {
    return pass.activation(Site::residual, self_attn_.forward(pass, input, tokens));
  };
  const auto feed = [&](Var input) {
    return pass.activation(Site::residual, feed_forward_.forward(pass, input));
  };
  if (norm_order_ == NormOrder::pre) {
    x = add(x, attend(norm1_.forward(pass, x)));
    return add(x, feed(norm2_.forward(pass, x)));
  }
  x = norm1_.forward(pass, add(x, attend(x)));
  return norm2_.forward(pass, add(x, feed(x)));
}

}  // namespace espalier
