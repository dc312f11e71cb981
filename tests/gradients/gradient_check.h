#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "apps/f64/gradcheck/verdict.h"
#include "core/ops.h"
#include "core/parameters.h"
#include "tests/support/array.h"

namespace espalier::test {

/// Compares every gradient with the central difference of `loss`, a function of the values. Empty
/// if all are right and at least one isn't zero; else what is wrong.
inline std::string gradient_problem(const std::vector<Differentiated>& all,
                                    const std::function<double()>& loss) {
  return compare_gradients(all, differences(all, loss)).problem();
}

/// What an op, or several, computes from some inputs.
using Computation = std::function<Var(std::span<const Var>)>;

/// Σ weightᵢ·yᵢ with fixed unequal weights, so that no two elements can stand in for each other.
inline std::vector<real> output_weights(const Tensor& y) {
  return random_array(y.shape, 1234, 0.5, 1.5).elements;
}

/// Values and gradients of a computation: Σ weights·y for `output_weights`.
struct Evaluated {
  std::vector<real> value;
  std::vector<std::vector<real>> gradients;
};

inline Evaluated evaluate(std::vector<Array>& inputs, const Computation& compute) {
  Tape tape;
  std::vector<Var> vars;
  for (Array& input : inputs) vars.push_back(tape.variable(input.tensor()));
  const Var y = compute(vars);
  Array weights{y.shape(), output_weights(y.value())};
  tape.backward(sum(mul(y, tape.constant(weights.tensor()))));
  Evaluated result;
  result.value.assign(y.value().span().begin(), y.value().span().end());
  for (const Var var : vars) {
    result.gradients.emplace_back(var.grad().span().begin(), var.grad().span().end());
  }
  return result;
}

/// Empty if all gradients of a computation, with respect to all elements of all inputs, are right.
inline std::string gradient_problem(std::vector<Array> inputs, const Computation& compute) {
  const Evaluated evaluated = evaluate(inputs, compute);
  std::vector<Differentiated> all;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    all.push_back({"input " + std::to_string(k), inputs[k].elements, evaluated.gradients[k]});
  }
  Tape tape(Tape::Mode::inference);
  return gradient_problem(all, [&] {
    tape.reset();
    std::vector<Var> vars;
    for (Array& input : inputs) vars.push_back(tape.constant(input.tensor()));
    const Tensor y = compute(vars).value();
    const std::vector<real> weights = output_weights(y);
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) total += weights[i] * y.data[i];
    return total;
  });
}

/// The same for all parameters of a network and its input. `forward` maps (tape, x) to one element.
inline std::string gradient_problem(Parameters& parameters, Array x,
                                    const std::function<Var(Tape&, Var)>& forward) {
  parameters.zero_grad();
  Tape tape;
  const Var input = tape.variable(x.tensor());
  tape.backward(forward(tape, input));
  std::vector<Differentiated> all{
      {"x", x.elements, {input.grad().span().begin(), input.grad().span().end()}}};
  for (const Parameter& parameter : parameters.all()) {
    const auto gradient = parameter.grad().span();
    all.push_back({parameter.name(), parameter.value().span(), {gradient.begin(), gradient.end()}});
  }
  Tape plain(Tape::Mode::inference);
  return gradient_problem(all, [&] {
    plain.reset();
    return forward(plain, plain.constant(x.tensor())).value()[0];
  });
}

}  // namespace espalier::test
