#pragma once

#include <memory>
#include <string>

#include "core/ops.h"
#include "layers/gru.h"
#include "layers/lstm.h"
#include "layers/rnn.h"
#include "tests/support/array.h"
#include "tests/support/recorder.h"

namespace espalier::test {

/// Calls `check(name, layer, parameters, x)` for Rnn (tanh and relu), Gru and Lstm of one and of
/// two layers, on sequences of several lengths; x is [time, 3, batch], hidden is 4.
template <typename Check>
void for_each_recurrent_layer(Check check) {
  for (const std::int64_t layers : {1, 2}) {
    for (const auto& [time, batch] :
         {std::pair<std::int64_t, std::int64_t>{1, 1}, {2, 3}, {7, 5}}) {
      const Array x = random_array({time, 3, batch}, 7, -2, 2);
      const std::string sizes =
          " of " + std::to_string(layers) + " layers, " + std::to_string(time) + " steps";
      const auto one = [&](const std::string& name, auto make) {
        Parameters parameters;
        auto layer = make(parameters);
        layer.initialise(RandomKey(3));
        check(name + sizes, layer, parameters, x);
      };
      one("Rnn tanh", [layers](Parameters& parameters) {
        return Rnn(parameters, "layer", 3, 4, layers, RnnNonlinearity::tanh);
      });
      one("Rnn relu", [layers](Parameters& parameters) {
        return Rnn(parameters, "layer", 3, 4, layers, RnnNonlinearity::relu);
      });
      one("Gru",
          [layers](Parameters& parameters) { return Gru(parameters, "layer", 3, 4, layers); });
      one("Lstm",
          [layers](Parameters& parameters) { return Lstm(parameters, "layer", 3, 4, layers); });
    }
  }
}

/// Values, gradient of x and gradients of all parameters, one after the other.
template <typename Layer>
std::vector<real> layer_results(const Layer& layer, Parameters& parameters, Array x,
                                const Regularizers& regularizers) {
  Tape tape;
  Forward pass(tape, regularizers, Forward::Purpose::training, 0);
  const Var input = tape.variable(x.tensor());
  const Var y = layer.forward(pass, input);
  Array weights = random_array(y.shape(), 8, 0.5, 1.5);
  parameters.zero_grad();
  tape.backward(sum(mul(y, tape.constant(weights.tensor()))));
  std::vector<real> results(y.value().span().begin(), y.value().span().end());
  const auto append = [&results](std::span<const real> more) {
    results.insert(results.end(), more.begin(), more.end());
  };
  append(input.grad().span());
  append(parameters.grads());
  return results;
}

/// Empty if a layer that goes step by step computes what it does in one go: values and gradients.
template <typename Layer>
std::string stepping_disagreement(const Layer& layer, Parameters& parameters, const Array& x,
                                  double tolerance) {
  Record record;
  const std::vector<real> whole = layer_results(layer, parameters, x, {});
  const std::vector<real> stepped =
      layer_results(layer, parameters, x, only<Onlooker>(record, /*steps=*/true));
  if (record.states.empty()) return "the layer did not go step by step";
  return difference(stepped, whole, tolerance);
}

}  // namespace espalier::test
