#include "regularizers/weight_drop.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "models/lstm.h"
#include "optim/adam.h"
#include "regularizers/pruning/pruning.h"
#include "tests/support/array.h"
#include "tests/support/masks.h"
#include "tests/support/recorder.h"

namespace espalier::test {

namespace {

constexpr double rate = 0.3;
constexpr auto training = Forward::Purpose::training;
constexpr auto evaluation = Forward::Purpose::evaluation;

std::uint64_t pass_of(std::int64_t step) {
  return static_cast<std::uint64_t>(step);
}

/// A two-layer LSTM forecaster and what layers read of its parameters.
struct Network {
  Network() { model.initialise(RandomKey(1)); }

  std::vector<real> read(const char* name, Forward::Purpose purpose, std::uint64_t number) {
    tape.reset();
    Forward pass(tape, regularizers, purpose, number);
    return elements(pass.parameter(*model.parameters().find(name)).value());
  }

  static std::vector<real> elements(const Tensor& tensor) {
    return {tensor.span().begin(), tensor.span().end()};
  }
  std::vector<real> value(const char* name) {
    return elements(model.parameters().find(name)->value());
  }

  double train(Adam& adam, std::int64_t step) {
    tape.reset();
    Array x = random_array({5, 3, 4}, 9);
    Array y = random_array({2, 4}, 10);
    Forward pass(tape, regularizers, training, pass_of(step));
    const Var loss =
        mse_loss(model.forward(pass, tape.constant(x.tensor())), tape.constant(y.tensor()));
    model.parameters().zero_grad();
    tape.backward(loss);
    adam.step(regularizers, {.batch = step, .batches_per_epoch = 100});
    return static_cast<double>(loss.value()[0]);
  }

  LstmForecaster model{{.window = 5, .features = 3, .horizon = 2}, "lstm", 30, 2};
  Regularizers regularizers = only<WeightDrop>(rate, RandomKey(2));
  Tape tape;
};

const char* const recurrent[] = {"lstm.weight_hh_l0", "lstm.weight_hh_l1"};

}  // namespace

TEST_CASE("weight_drop drops the configured share of recurrent weights and scales the rest") {
  Network network;
  for (const char* name : recurrent) {
    INFO(name);
    CHECK(dropping_problem(network.value(name), network.read(name, training, 0), rate) == "");
    CHECK(network.read(name, training, 0) == network.read(name, training, 0));
    CHECK(network.read(name, training, 0) != network.read(name, training, 1));
    CHECK(network.read(name, evaluation, 0) == network.value(name));
  }
  CHECK(survivors(network.read(recurrent[0], training, 0)) !=
        survivors(network.read(recurrent[1], training, 0)));
}

TEST_CASE("weight_drop leaves all other parameters alone") {
  Network network;
  for (const Parameter& parameter : network.model.parameters().all()) {
    const bool dropped = std::ranges::count(recurrent, parameter.name()) > 0;
    const char* name = parameter.name().c_str();
    CHECK_MESSAGE((network.read(name, training, 0) == network.value(name)) != dropped, name);
  }
}

TEST_CASE("one mask holds for a whole pass, however often the weight is read") {
  Network network;
  Tape tape;
  Forward pass(tape, network.regularizers, training, 3);
  const Parameter& weight = *network.model.parameters().find(recurrent[0]);
  const std::vector<real> first = Network::elements(pass.parameter(weight).value());
  Array x = random_array({4}, 5);
  pass.activation(Site::hidden, tape.variable(x.tensor()));
  CHECK(Network::elements(pass.parameter(weight).value()) == first);
}

TEST_CASE("the mean over many passes is the weight itself") {
  Network network;
  constexpr int passes = 2000;
  const std::vector<real> w = network.value(recurrent[0]);
  std::vector<double> sums(w.size());
  for (int number = 0; number < passes; ++number) {
    const auto read = network.read(recurrent[0], training, static_cast<std::uint64_t>(number));
    for (std::size_t i = 0; i < w.size(); ++i) sums[i] += static_cast<double>(read[i]);
  }
  double worst = 0;  // in standard deviations, |w|·√(r/(1 − r)/passes) each
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto expected = static_cast<double>(w[i]);
    const double deviation = std::abs(expected) * std::sqrt(rate / (1 - rate) / passes);
    worst = std::max(worst, std::abs(sums[i] / passes - expected) / deviation);
  }
  CHECK(worst < 6);
}

TEST_CASE("dropped weights get no gradient, and pruned weights stay pruned") {
  Network network;
  Parameters& parameters = network.model.parameters();
  PruningOptions pruning;
  pruning.schedule = {.max_sparsity = 0.6,
                      .warmup_epochs = 0,
                      .ramp_epochs = 1,
                      .ramp = PruningSchedule::Ramp::per_step};
  network.regularizers.push_back(std::make_unique<Pruning>(pruning, RandomKey(9)));
  network.regularizers.back()->attach(parameters);
  Adam adam(parameters, {.lr = 0.01});
  const Parameter& weight = *parameters.find(recurrent[0]);
  const double first = network.train(adam, 0);
  double last = first;
  std::int64_t pruned = 0;
  for (std::int64_t step = 1; step < 100; ++step) {
    const auto kept = survivors(network.read(recurrent[0], training, pass_of(step)));
    last = network.train(adam, step);
    pruned = std::ranges::count(weight.mask(), 0);
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      if (weight.mask()[i] == 0) {
        REQUIRE(weight.value()[at] == 0);
      } else {
        REQUIRE((weight.grad()[at] != 0) == kept[i]);
      }
    }
  }
  CHECK(pruned > std::ssize(weight.mask()) / 3);
  CHECK(last < first / 2);
}

}  // namespace espalier::test
