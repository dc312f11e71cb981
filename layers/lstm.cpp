#include "layers/lstm.h"

#include <cmath>

#include "core/ops.h"
#include "layers/initialise.h"

namespace espalier {

Lstm::Lstm(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
           std::int64_t layers)
    : hidden_(hidden) {
  for (std::int64_t k = 0; k < layers; ++k) {
    const std::string suffix = "_l" + std::to_string(k);
    const std::int64_t inputs = k == 0 ? in : hidden;
    const std::int64_t gates = 4 * hidden;
    layers_.push_back(
        {parameters.add(name + ".weight_ih" + suffix, ParameterKind::weight, {gates, inputs}),
         parameters.add(name + ".weight_hh" + suffix, ParameterKind::weight, {gates, hidden}),
         parameters.add(name + ".bias_ih" + suffix, ParameterKind::bias, {gates}),
         parameters.add(name + ".bias_hh" + suffix, ParameterKind::bias, {gates})});
  }
}

void Lstm::initialise(RandomKey key) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_));
  for (const Layer& layer : layers_) {
    initialise_uniform(layer.weight_ih, bound, key);
    initialise_uniform(layer.weight_hh, bound, key);
    initialise_uniform(layer.bias_ih, bound, key);
    initialise_uniform(layer.bias_hh, bound, key);
  }
}

Var Lstm::forward(Forward& pass, Var x) const {
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    if (k > 0) x = pass.activation(Site::hidden, x);
    const Layer& layer = layers_[k];
    x = lstm_sequence(x, pass.parameter(layer.weight_ih), pass.parameter(layer.weight_hh),
                      pass.parameter(layer.bias_ih), pass.parameter(layer.bias_hh));
  }
  return x;
}

}  // namespace espalier
