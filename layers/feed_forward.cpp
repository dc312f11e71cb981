#include "layers/feed_forward.h"

#include "core/ops.h"

namespace espalier {

FeedForward::FeedForward(Parameters& parameters, const std::string& name, std::int64_t embed,
                         std::int64_t hidden, Nonlinearity nonlinearity)
    : linear1_(parameters, name + ".linear1", embed, hidden),
      linear2_(parameters, name + ".linear2", hidden, embed),
      nonlinearity_(nonlinearity) {}

void FeedForward::initialise(RandomKey key) {
  linear1_.initialise(key);
  linear2_.initialise(key);
}

Var FeedForward::forward(Forward& pass, Var x) const {
  const Var inner = linear1_.forward(pass, x);
  const Var active = nonlinearity_ == Nonlinearity::gelu ? gelu(inner) : relu(inner);
  return linear2_.forward(pass, pass.activation(Site::feed_forward, active));
}

}  // namespace espalier
