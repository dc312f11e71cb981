// Recurrent layers step by step, in double: against the fused ops, and their gradients under every
// registered regularizer.

#include "tests/support/stepping.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/registry.h"
#include "regularizers/registry.h"
#include "tests/gradients/gradient_check.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

/// A regularizer of the registry at every site it can act at.
Regularizers regularizer_everywhere(const RegularizerEntry& entry) {
  Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  for (const SettingSpec& spec : entry.info.settings) {
    if (spec.name == "sites") settings.set("sites", spec.choices);
  }
  Regularizers regularizers;
  regularizers.push_back(entry.make(settings, {.epochs = 20, .key = RandomKey(12)}));
  return regularizers;
}

/// A small model of the registry; nullptr if it isn't recurrent.
std::unique_ptr<Model> recurrent_model(const ModelEntry& entry) {
  auto model = entry.make(small_settings(entry.info),
                          {.window = 4, .features = 2, .horizon = 2, .own_past = {0}});
  model->initialise(RandomKey(4));
  const bool recurrent =
      std::ranges::any_of(model->parameters().all(),
                          [](const Parameter& parameter) { return parameter.traits().recurrent; });
  return recurrent ? std::move(model) : nullptr;
}

}  // namespace

TEST_CASE("a layer step by step computes what the fused op does, values and gradients") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        CHECK(stepping_disagreement(layer, parameters, x, 1e-12) == "");
      });
}

TEST_CASE("the gradients of a layer that goes step by step are right") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        Record record;
        const Regularizers regularizers = only<Onlooker>(record, /*steps=*/true);
        Array target = random_array({x.shape[0], 4, x.shape[2]}, 21);
        CHECK(gradient_problem(parameters, x, [&](Tape& tape, Var input) {
                Forward pass(tape, regularizers, Forward::Purpose::training, 0);
                return mse_loss(layer.forward(pass, input), tape.constant(target.tensor()));
              }) == "");
      });
}

TEST_CASE("every recurrent model's gradients are right under every regularizer, masks drawn") {
  for (const ModelEntry& model_entry : model_registry()) {
    for (const RegularizerEntry& entry : regularizer_registry()) {
      INFO(model_entry.info.name, " with ", entry.info.name);
      const auto model = recurrent_model(model_entry);
      if (model == nullptr) continue;
      const Regularizers regularizers = regularizer_everywhere(entry);
      regularizers.front()->attach(model->parameters());
      Array target = random_array({2, 2}, 21);
      CHECK(gradient_problem(
                model->parameters(), random_array({4, 2, 2}, 22), [&](Tape& tape, Var input) {
                  Forward pass(tape, regularizers, Forward::Purpose::training, 1);
                  return mse_loss(model->forward(pass, input), tape.constant(target.tensor()));
                }) == "");
    }
  }
}

}  // namespace espalier::test
