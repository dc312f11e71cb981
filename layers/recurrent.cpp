#include "layers/recurrent.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "core/ops/check.h"
#include "layers/initialise.h"

namespace espalier {

namespace {

Var zeros(Tape& tape, const Shape& shape) {
  const Tensor zeros = tape.arena().allocate(shape);
  std::ranges::fill(zeros.span(), real{0});
  return tape.constant(zeros, "initial state");
}

}  // namespace

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

Var RecurrentLayers::step_through(Forward& pass, Var from_x, Var weight_hh, Var bias_hh,
                                  RecurrentStep step) {
  check_rank("recurrent layer", "its input", from_x, 3);
  Tape& tape = pass.tape();
  const auto steps = static_cast<std::size_t>(from_x.shape()[0]);
  // In the arena: the heap stays untouched.
  Var* const memory = reinterpret_cast<Var*>(tape.arena().allocate(steps * sizeof(Var)));
  std::uninitialized_value_construct_n(memory, steps);
  const std::span<Var> h_of_step(memory, steps);

  pass.begin_sequence();
  const Var start = zeros(tape, {weight_hh.shape()[1], from_x.shape()[2]});
  RecurrentStates states{.h = start, .c = start};
  for (std::size_t t = 0; t < steps; ++t) {
    const Var from_h = linear(pass.activation(Site::recurrent, states.h), weight_hh, bias_hh);
    RecurrentStates next = step(select(from_x, static_cast<std::int64_t>(t)), from_h, states);
    next.h = pass.next_state(RecurrentState::hidden, states.h, next.h);
    if (next.c) next.c = pass.next_state(RecurrentState::cell, *states.c, *next.c);
    states = next;
    h_of_step[t] = states.h;
  }
  return stack(h_of_step);
}

}  // namespace espalier
