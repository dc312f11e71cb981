#include "layers/layer_norm.h"

#include <algorithm>

#include "core/ops.h"

namespace espalier {

namespace {
constexpr real layer_norm_epsilon = static_cast<real>(1e-5);  // PyTorch's
}

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, std::int64_t features,
                     bool author_prunable)
    : weight_(parameters.add(name + ".weight", ParameterKind::norm, {features},
                             {.author_prunable = author_prunable})),
      bias_(parameters.add(name + ".bias", ParameterKind::bias, {features})) {}

void LayerNorm::initialise() {
  std::ranges::fill(weight_.value().span(), real{1});
  std::ranges::fill(bias_.value().span(), real{0});
}

Var LayerNorm::forward(Forward& pass, Var x) const {
  return layer_norm(x, pass.parameter(weight_), pass.parameter(bias_), layer_norm_epsilon);
}

}  // namespace espalier
