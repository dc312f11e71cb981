// Every registered model with every registered regularizer, from their defaults: what must hold for
// all of them, so that a new one is tested by its line in the registry.
#include <cmath>
#include <memory>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "models/registry.h"
#include "optim/adam.h"
#include "regularizers/registry.h"
#include "tests/support/small_model.h"

using namespace espalier;

namespace {

/// A few steps on one fixed batch.
struct Training {
  Training(const ModelEntry& model_entry, const RegularizerEntry& regularizer_entry,
           Protocol protocol)
      : model(model_entry.make(
            test::small_settings(model_entry.info, protocol),
            {.window = 5, .features = 3, .horizon = 1, .targets = 2, .own_past = {2, 0}})),
        adam(model->parameters(), {.lr = 0.01}) {
    model->initialise(RandomKey(5));
    regularizers.push_back(
        regularizer_entry.make(Settings::defaults(regularizer_entry.info.settings, protocol),
                               {.protocol = protocol, .epochs = 4, .key = RandomKey(6)}));
    for (const auto& regularizer : regularizers) regularizer->attach(model->parameters());
  }

  double step(const TrainingProgress& progress) {
    tape.reset();
    const Tensor x = tape.arena().allocate(Shape{5, 3, 7});
    const Tensor y = tape.arena().allocate(Shape{2, 7});
    fill_uniform(RandomKey(1), -1, 1, x.span());
    fill_uniform(RandomKey(2), -1, 1, y.span());
    Forward pass(tape, regularizers, Forward::Purpose::training,
                 static_cast<std::uint64_t>(progress.step()));
    const Var loss = mse_loss(model->forward(pass, tape.constant(x)), tape.constant(y));
    if (!loss.needs_grad()) return static_cast<double>(loss.value()[0]);  // nothing to train
    model->parameters().zero_grad();
    tape.backward(pass.penalised(loss));
    adam.step(regularizers, progress);
    return static_cast<double>(loss.value()[0]);
  }

  std::unique_ptr<Model> model;
  Adam adam;
  Regularizers regularizers;
  Tape tape;
};

void check_masks_hold(Parameters& parameters) {
  for (std::size_t i = 0; i < parameters.values().size(); ++i) {
    if (parameters.masks()[i] == 0) REQUIRE(parameters.values()[i] == 0);
  }
}

}  // namespace

TEST_CASE("every model trains with every regularizer: finite loss, masks hold after each step") {
  for (const Protocol protocol : {Protocol::honest, Protocol::author}) {
    for (const ModelEntry& model : model_registry()) {
      for (const RegularizerEntry& regularizer : regularizer_registry()) {
        INFO(model.info.name, " with ", regularizer.info.name);
        Training training(model, regularizer, protocol);
        for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
          for (std::int64_t batch = 0; batch < 6; ++batch) {
            const double loss = training.step(
                {.epoch = epoch, .epochs = 4, .batch = batch, .batches_per_epoch = 6});
            REQUIRE(std::isfinite(loss));
            check_masks_hold(training.model->parameters());
          }
        }
      }
    }
  }
}

TEST_CASE("an unregistered name is an error that says it") {
  CHECK_THROWS_WITH(make_regularizer("dropuot", {}, {}),
                    "[regularizer] no regularizer is named \"dropuot\"");
}
