// Layers and whole forecasters against central differences.

#include <doctest/doctest.h>

#include "core/forward.h"
#include "layers/linear.h"
#include "layers/lstm.h"
#include "models/lstm.h"
#include "models/patch_transformer.h"
#include "models/registry.h"
#include "tests/gradients/gradient_check.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

/// mse_loss of what `network` forecasts, against fixed targets.
template <typename Network>
Var loss_of(const Network& network, Tape& tape, Var x, Array& target) {
  const Regularizers none;
  Forward pass(tape, none, Forward::Purpose::training, 0);
  return mse_loss(network.forward(pass, x), tape.constant(target.tensor()));
}

template <typename Network>
std::string network_problem(const Network& network, Parameters& parameters, const Shape& x,
                            const Shape& y) {
  Array target = random_array(y, 21, -1, 1);
  return gradient_problem(parameters, random_array(x, 22, -1.5, 1.5), [&](Tape& tape, Var input) {
    return loss_of(network, tape, input, target);
  });
}

}  // namespace

TEST_CASE("Linear's gradients are right") {
  Parameters parameters;
  Linear layer(parameters, "fc", 3, 2);
  layer.initialise(RandomKey(1));
  CHECK(network_problem(layer, parameters, {3, 4}, {2, 4}) == "");
  CHECK(network_problem(layer, parameters, {5, 3, 4}, {5, 2, 4}) == "");
}

TEST_CASE("Lstm's gradients are right with one layer and with two") {
  for (const std::int64_t layers : {1, 2}) {
    CAPTURE(layers);
    Parameters parameters;
    Lstm layer(parameters, "lstm", 3, 4, layers);
    layer.initialise(RandomKey(2));
    CHECK(network_problem(layer, parameters, {5, 3, 2}, {5, 4, 2}) == "");
  }
}

TEST_CASE("the LSTM forecaster's gradients are right") {
  for (const std::int64_t layers : {1, 2}) {
    CAPTURE(layers);
    LstmForecaster model({.window = 6, .features = 3, .horizon = 2}, "lstm", 5, layers);
    model.initialise(RandomKey(3));
    CHECK(network_problem(model, model.parameters(), {6, 3, 4}, {2, 4}) == "");
  }
}

TEST_CASE("every registered model's gradients are right") {
  const ForecastShape shape{
      .window = 5, .features = 3, .horizon = 2, .targets = 2, .own_past = {2, 0}};
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    const auto model = entry.make(small_settings(entry.info), shape);
    model->initialise(RandomKey(4));
    CHECK(network_problem(*model, model->parameters(), {5, 3, 3}, {4, 3}) == "");
  }
}

TEST_CASE("the patch transformer's gradients are right in forms between the published two") {
  const ForecastShape shape{
      .window = 5, .features = 2, .horizon = 2, .targets = 1, .own_past = {1}};
  for (const auto pooling : {PatchTransformer::Pooling::mean, PatchTransformer::Pooling::flatten}) {
    for (const bool channel_independent : {false, true}) {
      CAPTURE(channel_independent);
      PatchTransformer model(shape, {.layer = {.embed = 4,
                                               .heads = 1,
                                               .feed_forward = 3,
                                               .nonlinearity = Nonlinearity::gelu,
                                               .norm_order = NormOrder::pre},
                                     .layers = 1,
                                     .patch = 3,
                                     .stride = 1,
                                     .pooling = pooling,
                                     .channel_independent = channel_independent,
                                     .revin = true,
                                     .revin_affine = true});
      model.initialise(RandomKey(5));
      CHECK(network_problem(model, model.parameters(), {5, 2, 3}, {2, 3}) == "");
    }
  }
}

}  // namespace espalier::test
