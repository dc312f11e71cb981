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

/// Whether each step has a bias of its own.
bool has_steps(Var bias, std::size_t steps) {
  if (bias.shape().rank() == 1) return false;
  check_shape("recurrent layer", "a bias", bias,
              {static_cast<std::int64_t>(steps), bias.shape()[1]}, "(one per step and gate row)");
  return true;
}

}  // namespace

std::vector<RecurrentLayerSize> equal_layers(std::int64_t hidden, std::int64_t layers) {
  return std::vector<RecurrentLayerSize>(static_cast<std::size_t>(layers), {.hidden = hidden});
}

RecurrentLayers::RecurrentLayers(Parameters& parameters, const std::string& name,
                                 std::int64_t gates, std::int64_t in,
                                 const std::vector<RecurrentLayerSize>& sizes) {
  std::int64_t inputs = in;
  for (const RecurrentLayerSize& size : sizes) {
    const std::string suffix = "_l" + std::to_string(layers_.size());
    const std::int64_t hidden = size.hidden;
    const std::int64_t rows = gates * hidden;
    const auto bias = [&](const char* kind, std::int64_t steps) -> Parameter& {
      return parameters.add(name + kind + suffix, ParameterKind::bias,
                            steps == 1 ? Shape{rows} : Shape{steps, rows});
    };
    Parameter& weight_ih = parameters.add(name + ".weight_ih" + suffix, ParameterKind::weight,
                                          {rows, inputs}, {.blocks = gates});
    Parameter& weight_hh =
        parameters.add(name + ".weight_hh" + suffix, ParameterKind::weight, {rows, hidden},
                       {.blocks = gates, .same_units_as = &weight_ih, .recurrent = true});
    layers_.push_back({weight_ih, weight_hh, bias(".bias_ih", size.input_bias_steps),
                       bias(".bias_hh", size.recurrent_bias_steps)});
    inputs = hidden;
  }
}

void RecurrentLayers::initialise(RandomKey key) {
  for (const Layer& layer : layers_) {
    const double bound = 1 / std::sqrt(static_cast<double>(layer.hidden()));
    initialise_uniform(layer.weight_ih, bound, key);
    initialise_uniform(layer.weight_hh, bound, key);
    initialise_uniform(layer.bias_ih, bound, key);
    initialise_uniform(layer.bias_hh, bound, key);
  }
}

Var RecurrentLayers::step_through(Forward& pass, Var x, Var weight_ih, Var weight_hh, Var bias_ih,
                                  Var bias_hh, RecurrentStep step) {
  check_rank("recurrent layer", "its input", x, 3);
  Tape& tape = pass.tape();
  const auto steps = static_cast<std::size_t>(x.shape()[0]);
  const bool own_input_bias = has_steps(bias_ih, steps);
  const bool own_recurrent_bias = has_steps(bias_hh, steps);
  // Of all steps at once where it can be.
  const Var from_inputs = own_input_bias ? x : linear(x, weight_ih, bias_ih);
  // In the arena: the heap stays untouched.
  Var* const memory = reinterpret_cast<Var*>(tape.arena().allocate(steps * sizeof(Var)));
  std::uninitialized_value_construct_n(memory, steps);
  const std::span<Var> h_of_step(memory, steps);

  pass.begin_sequence();
  const Var start = zeros(tape, {weight_hh.shape()[1], x.shape()[2]});
  RecurrentStates states{.h = start, .c = start};
  for (std::size_t t = 0; t < steps; ++t) {
    const auto now = static_cast<std::int64_t>(t);
    Var from_x = select(from_inputs, now);
    if (own_input_bias) from_x = linear(from_x, weight_ih, select(bias_ih, now));
    const Var from_h = linear(pass.activation(Site::recurrent, states.h), weight_hh,
                              own_recurrent_bias ? select(bias_hh, now) : bias_hh);
    RecurrentStates next = step(from_x, from_h, states);
    next.h = pass.next_state(RecurrentState::hidden, states.h, next.h);
    if (next.c) next.c = pass.next_state(RecurrentState::cell, *states.c, *next.c);
    states = next;
    h_of_step[t] = states.h;
  }
  return stack(h_of_step);
}

}  // namespace espalier
