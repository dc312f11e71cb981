// Training that skips pruned weights against training that computes with their zeros.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "optim/adam.h"
#include "tests/support/array.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

// Both ways add up the same numbers, but in another order: a loss or gradient differs by a few
// roundings of float, about 1e-6 of itself. Ten steps of at most lr = 0.001 carry such a difference
// on to weights as at most 1e-6·√(steps)·lr of theirs, or would, if Adam didn't make whole steps of
// gradients that are rounding and nothing else (those of attention's key biases). The large ε below
// keeps these at 1e-8/1e-3·lr a step. 1e-5 leaves room for both; a wrong or missing gradient moves
// weights by about lr a step.
constexpr double tolerance = 1e-5;
constexpr Adam::Options options{.lr = 1e-3, .epsilon = 1e-3, .max_grad_norm = 1.0};

const ForecastShape shape{.window = 12, .features = 3, .horizon = 2, .own_past = {1}};
constexpr std::int64_t batch = 21;  // no whole number of registers

/// Holds masks as they are.
class FixedMasks final : public Regularizer {
 public:
  void before_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.mask_grads();
  }
  void after_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.apply_masks();
  }
};

struct Trained {
  std::vector<double> losses;
  std::vector<real> weights;
  std::int64_t skipping = 0;  // matrices whose products skip pruned weights
};

void prune_at_random(Parameters& parameters, double share, std::uint64_t seed) {
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    const std::vector<real> draws = random_array(parameter.shape(), seed++, 0, 1).elements;
    for (std::size_t i = 0; i < draws.size(); ++i) {
      if (draws[i] < share) parameters.prune(parameter.offset() + i, /*forget_state=*/true);
    }
  }
  parameters.masks_changed();
}

Trained train(const ModelEntry& entry, double skip_pruned_from, std::uint64_t mask_seed = 50) {
  const auto model = entry.make(small_settings(entry.info), shape);
  Parameters& parameters = model->parameters();
  Trained trained;
  if (parameters.count() == 0) return trained;
  model->initialise(RandomKey(1));
  prune_at_random(parameters, 0.7, mask_seed);
  parameters.skip_pruned_from(skip_pruned_from);
  Adam optimizer(parameters, options);
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<FixedMasks>());
  Tape tape;
  for (std::uint64_t step = 0; step < 10; ++step) {
    Array x = random_array({shape.window, shape.features, batch}, 100 + step);
    Array y = random_array({shape.outputs(), batch}, 200 + step);
    tape.reset();
    Forward pass(tape, regularizers, Forward::Purpose::training, step);
    const Var forecast = model->forward(pass, tape.constant(x.tensor()));
    const Var loss = mse_loss(forecast, tape.constant(y.tensor()));
    trained.losses.push_back(loss.value()[0]);
    parameters.zero_grad();
    tape.backward(loss);
    optimizer.step(regularizers, {});
  }
  trained.weights.assign(parameters.values().begin(), parameters.values().end());
  trained.skipping = std::ranges::count_if(
      parameters.all(), [](const Parameter& parameter) { return parameter.live() != nullptr; });
  return trained;
}

}  // namespace

TEST_CASE("every model trains to the same weights whether it skips pruned weights or not") {
  int models = 0;
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    const Trained dense = train(entry, /*skip_pruned_from=*/2);
    if (dense.weights.empty()) continue;
    const Trained skipped = train(entry, /*skip_pruned_from=*/0);
    CHECK(dense.skipping == 0);
    CHECK(skipped.skipping > 0);
    CHECK(difference(skipped.losses, dense.losses, tolerance) == "");
    CHECK(difference(skipped.weights, dense.weights, tolerance) == "");
    ++models;
  }
  CHECK(models >= 8);
}

TEST_CASE("other masks are another training") {
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    const Trained one = train(entry, 0);
    if (one.weights.empty()) continue;
    const Trained other = train(entry, 0, /*mask_seed=*/70);
    CHECK(difference(one.losses, other.losses, tolerance) != "");
    CHECK(difference(one.weights, other.weights, tolerance) != "");
  }
}

}  // namespace espalier::test
