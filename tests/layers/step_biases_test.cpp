// Recurrent layers whose biases tell the steps apart. The fused ops are compared with the same
// layer composed of basic ops, step by step.

#include <doctest/doctest.h>

#include "tests/support/errors.h"
#include "tests/support/stepping.h"

namespace espalier::test {

namespace {

constexpr std::int64_t steps = 5;

/// Every bias of its own kind: both, one and the other.
const std::vector<RecurrentLayerSize> sizes{
    {.hidden = 4, .input_bias_steps = steps, .recurrent_bias_steps = steps},
    {.hidden = 3, .input_bias_steps = steps},
    {.hidden = 2, .recurrent_bias_steps = steps}};

template <typename Layer, typename... Options>
void check_layer(Options... options) {
  Parameters parameters;
  Layer layer(parameters, "layer", 3, sizes, options...);
  layer.initialise(RandomKey(3));
  const Array x = random_array({steps, 3, 6}, 7, -2, 2);
  CHECK(stepping_disagreement(layer, parameters, x, 1e-5) == "");

  // Of equal steps: what shared biases give, and their gradient in parts.
  Parameters shared;
  Layer plain(shared, "layer", 3, {{4}, {3}, {2}}, options...);
  plain.initialise(RandomKey(3));
  for (const Parameter& from : shared.all()) {
    const Tensor to = parameters.find(from.name())->value();
    for (std::int64_t i = 0; i < to.size(); ++i) to[i] = from.value()[i % from.value().size()];
  }
  const auto of_plain = layer_results(plain, shared, x, {});
  const auto of_layer = layer_results(layer, parameters, x, {});
  const std::size_t outputs = static_cast<std::size_t>(steps * 2 * 6 + steps * 3 * 6);
  CHECK(std::vector(of_layer.begin(), of_layer.begin() + outputs) ==
        std::vector(of_plain.begin(), of_plain.begin() + outputs));
  for (const Parameter& of_all : shared.all()) {
    const Tensor parts = parameters.find(of_all.name())->grad();
    std::vector<double> sums(of_all.size());
    for (std::int64_t i = 0; i < parts.size(); ++i) {
      sums[static_cast<std::size_t>(i) % sums.size()] += static_cast<double>(parts[i]);
    }
    INFO(of_all.name());
    CHECK(difference(of_all.grad().span(), sums, 1e-5) == "");
  }
}

}  // namespace

TEST_CASE("biases of each step: fused and step by step agree, and with shared ones if all equal") {
  check_layer<Rnn>(RnnNonlinearity::tanh);
  check_layer<Rnn>(RnnNonlinearity::relu);
  check_layer<Gru>();
  check_layer<Lstm>();
}

TEST_CASE("a sequence of another length than the biases is refused") {
  Parameters parameters;
  const Lstm layer(parameters, "layer", 3, {{.hidden = 4, .input_bias_steps = steps}});
  Array x = random_array({steps + 1, 3, 2}, 7);
  const auto forward = [&](const Regularizers& regularizers) {
    Tape tape;
    Forward pass(tape, regularizers, Forward::Purpose::training, 0);
    layer.forward(pass, tape.constant(x.tensor()));
  };
  Record record;
  CHECK(wrong_error([&] { forward({}); }, {"[lstm_sequence] bias_ih", "(5,16)", "(6,16)"}) == "");
  CHECK(wrong_error([&] { forward(only<Onlooker>(record, /*steps=*/true)); },
                    {"[recurrent layer] a bias", "(5,16)", "(6,16)"}) == "");
}

}  // namespace espalier::test
