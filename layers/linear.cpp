#include "layers/linear.h"

#include <cmath>

#include "core/ops.h"
#include "layers/initialise.h"

namespace espalier {

Linear::Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out,
               const ParameterTraits& traits)
    : weight_(parameters.add(name + ".weight", ParameterKind::weight, {out, in}, traits)),
      bias_(parameters.add(name + ".bias", ParameterKind::bias, {out})) {}

void Linear::initialise(RandomKey key) {
  const double bound = 1 / std::sqrt(static_cast<double>(weight_.shape()[1]));
  initialise_uniform(weight_, bound, key);
  initialise_uniform(bias_, bound, key);
}

Var Linear::forward(Forward& pass, Var x) const {
  return linear(x, pass.parameter(weight_), pass.parameter(bias_));
}

}  // namespace espalier
