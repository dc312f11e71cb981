// Forms of a forecaster that no single choice leads to, against central differences.

#include <doctest/doctest.h>

#include "core/forward.h"
#include "models/patch_transformer.h"
#include "tests/gradients/gradient_check.h"

namespace espalier::test {

namespace {

/// Of the mse_loss of what `model` forecasts, against fixed targets.
std::string network_problem(Model& model, const Shape& x, const Shape& y) {
  Array target = random_array(y, 21, -1, 1);
  const auto loss = [&](Tape& tape, Var input) {
    const Regularizers none;
    Forward pass(tape, none, Forward::Purpose::training, 0);
    return mse_loss(model.forward(pass, input), tape.constant(target.tensor()));
  };
  return gradient_problem(model.parameters(), random_array(x, 22, -1.5, 1.5), loss);
}

}  // namespace

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
      CHECK(network_problem(model, {5, 2, 3}, {2, 3}) == "");
    }
  }
}

}  // namespace espalier::test
