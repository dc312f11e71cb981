// Replays the published scripts' training step by step (author protocol).
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/ops.h"
#include "models/lstm.h"
#include "optim/adam.h"
#include "regularizers/pruning/author_rule.h"

using namespace espalier;
using Json = nlohmann::json;

namespace {

Json read_trace(const std::string& name) {
  std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/tests/golden/" + name);
  REQUIRE(file);
  return Json::parse(file);
}

/// Row-major elements of nested lists.
std::vector<double> flatten(const Json& nested) {
  if (nested.is_number()) return {nested.get<double>()};
  std::vector<double> flat;
  for (const Json& part : nested) {
    const std::vector<double> inner = flatten(part);
    flat.insert(flat.end(), inner.begin(), inner.end());
  }
  return flat;
}

/// The trace's network, optimizer and pruning, with its initial weights.
struct Replay {
  explicit Replay(const Json& given)
      : trace(given),
        time(trace["length"]),
        features(trace["features"]),
        batch(trace["batch"]),
        model({.window = time, .features = features, .horizon = 1}, "lstm", trace["hidden"], 1),
        adam(model.parameters(), {.lr = 0.05}) {
    for (Parameter& parameter : model.parameters().all()) {
      const std::vector<double> values = flatten(trace["initial"][parameter.name()]);
      REQUIRE(values.size() == parameter.size());
      std::ranges::transform(values, parameter.value().data,
                             [](double value) { return static_cast<real>(value); });
    }
    const Json& pruning = trace["pruning"];
    regularizers.push_back(std::make_unique<AuthorPruning>(
        AuthorPruning::Options{.min_sparsity = pruning["min_rate"],
                               .max_sparsity = pruning["max_rate"],
                               .warmup_epochs = pruning["warmup_epochs"],
                               .every = pruning["every_batches"]}));
    regularizers.front()->attach(model.parameters());
  }

  /// One training step on the batch that starts at sample `first`; returns the loss before it.
  double step(const TrainingProgress& progress) {
    tape.reset();
    const Tensor x = tape.arena().allocate(Shape{time, features, batch});
    const Tensor y = tape.arena().allocate(Shape{1, batch});
    for (std::int64_t b = 0; b < batch; ++b) {
      const auto sample = static_cast<std::size_t>(progress.batch * batch + b);
      for (std::int64_t t = 0; t < time; ++t) {
        for (std::int64_t f = 0; f < features; ++f) {
          x[(t * features + f) * batch + b] =
              trace["x"][sample][static_cast<std::size_t>(t)][static_cast<std::size_t>(f)];
        }
      }
      y[b] = trace["y"][sample];
    }
    Forward pass(tape, regularizers, Forward::Purpose::training,
                 static_cast<std::uint64_t>(progress.step()));
    const Var loss = mse_loss(model.forward(pass, tape.constant(x)), tape.constant(y));
    model.parameters().zero_grad();
    tape.backward(loss);
    adam.step(regularizers, progress);
    return static_cast<double>(loss.value()[0]);
  }

  Json trace;
  std::int64_t time, features, batch;
  LstmForecaster model;
  Adam adam;
  Regularizers regularizers;
  Tape tape;
};

void check_masks(const Json& expected, Parameters& parameters) {
  for (const auto& [name, pruned] : expected.items()) {
    const Parameter* parameter = parameters.find(name);
    REQUIRE(parameter != nullptr);
    std::string found;
    for (const std::uint8_t live : parameter->mask()) found += live ? '0' : '1';
    INFO("tensor ", name);
    CHECK(found == pruned.get<std::string>());
  }
}

void check_weights(const Json& expected, Parameters& parameters) {
  for (const auto& [name, nested] : expected.items()) {
    const Parameter* parameter = parameters.find(name);
    REQUIRE(parameter != nullptr);
    const std::vector<double> values = flatten(nested);
    double worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      worst =
          std::max(worst, std::abs(values[i] - static_cast<double>(parameter->value().data[i])));
    }
    INFO("tensor ", name);
    CHECK(worst < 1e-4);
  }
}

void replay(const std::string& name) {
  Replay run(read_trace(name));
  const std::int64_t epochs = run.trace["epochs"];
  const std::int64_t batches = run.trace["batches_per_epoch"];
  std::size_t compared_weights = 0;
  for (const Json& expected : run.trace["steps"]) {
    const TrainingProgress progress{.epoch = expected["epoch"],
                                    .epochs = epochs,
                                    .batch = expected["batch"],
                                    .batches_per_epoch = batches};
    INFO(name, ": epoch ", progress.epoch, ", batch ", progress.batch);
    const double loss = run.step(progress);
    CHECK(loss == doctest::Approx(expected["loss"].get<double>()).epsilon(1e-5));
    check_masks(expected["pruned"], run.model.parameters());
    if (expected.contains("weights")) {
      check_weights(expected["weights"], run.model.parameters());
      ++compared_weights;
    }
  }
  CHECK(compared_weights > 1);
}

}  // namespace

TEST_CASE("the published scripts' pruning replays: masks, losses, weights") {
  replay("pruning_trace_a.json");
}

TEST_CASE("the published scripts' pruning replays with a largest sparsity of 1.2") {
  replay("pruning_trace_over.json");
}
