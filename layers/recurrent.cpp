#include "layers/recurrent.h"

#include <cmath>

#include "layers/initialise.h"

namespace espalier {

RecurrentLayers::RecurrentLayers(Parameters& parameters, const std::string& name,
                                 std::int64_t gates, std::int64_t in, std::int64_t hidden,
                                 std::int64_t layers)
    : hidden_(hidden) {
  const std::int64_t rows = gates * hidden;
  for (std::int64_t k = 0; k < layers; ++k) {
    const std::string suffix = "_l" + std::to_string(k);
    const std::int64_t inputs = k == 0 ? in : hidden;
    Parameter& weight_ih = parameters.add(name + ".weight_ih" + suffix, ParameterKind::weight,
                                          {rows, inputs}, {.blocks = gates});
    Parameter& weight_hh =
        parameters.add(name + ".weight_hh" + suffix, ParameterKind::weight, {rows, hidden},
                       {.blocks = gates, .same_units_as = &weight_ih, .recurrent = true});
    layers_.push_back({weight_ih, weight_hh,
                       parameters.add(name + ".bias_ih" + suffix, ParameterKind::bias, {rows}),
                       parameters.add(name + ".bias_hh" + suffix, ParameterKind::bias, {rows})});
  }
}

void RecurrentLayers::initialise(RandomKey key) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_));
  for (const Layer& layer : layers_) {
    initialise_uniform(layer.weight_ih, bound, key);
    initialise_uniform(layer.weight_hh, bound, key);
    initialise_uniform(layer.bias_ih, bound, key);
    initialise_uniform(layer.bias_hh, bound, key);
  }
}

}  // namespace espalier
