#include "regularizers/synaptic_pruning.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/error.h"
#include "optim/adam.h"

using namespace espalier;

namespace {

/// A weight matrix and a bias, trained on gradients of ones.
struct Run {
  explicit Run(const SynapticPruning::Options& options)
      : weight(parameters.add("w", ParameterKind::weight, {4, 5})),
        bias(parameters.add("b", ParameterKind::bias, {4})),
        adam(parameters, {}) {
    for (std::int64_t i = 0; i < 20; ++i) weight.value()[i] = static_cast<real>(i + 1);
    regularizers.push_back(std::make_unique<SynapticPruning>(options));
    regularizers[0]->attach(parameters);
  }

  void step(std::int64_t epoch, std::int64_t batch) {
    std::ranges::fill(parameters.grads(), real{1});
    adam.step(regularizers, {.epoch = epoch, .epochs = 4, .batch = batch, .batches_per_epoch = 3});
  }
  std::int64_t pruned() const { return std::ranges::count(weight.mask(), 0); }

  Parameters parameters;
  Parameter& weight;
  Parameter& bias;
  Adam adam;
  Regularizers regularizers;
};

SynapticPruning::Options options(std::int64_t every) {
  return {.schedule = {.max_sparsity = 0.75, .warmup_epochs = 1, .ramp_epochs = 2}, .every = every};
}

}  // namespace

TEST_CASE("the ramp ends at its maximum even where `every` doesn't come round in its last epoch") {
  Run run(options(1000));
  for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
    for (std::int64_t batch = 0; batch < 3; ++batch) {
      run.step(epoch, batch);
      const bool done = epoch > 2 || (epoch == 2 && batch == 2);
      INFO("epoch ", epoch, ", batch ", batch);
      CHECK(run.pruned() == (done ? 15 : 0));
    }
  }
}

TEST_CASE("masks change at every P-th batch counted from the start, warm-up included") {
  Run run(options(2));
  run.step(1, 0);  // counter 1
  CHECK(run.regularizers[0]->mask_update() == nullptr);
  run.step(1, 1);  // counter 2
  REQUIRE(run.regularizers[0]->mask_update() != nullptr);
  CHECK(run.regularizers[0]->mask_update()->target_sparsity == 0);
}

TEST_CASE("only weight matrices are pruned, and a pruned weight's moments stay 0") {
  Run run(options(1));
  for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
    for (std::int64_t batch = 0; batch < 3; ++batch) run.step(epoch, batch);
  }
  CHECK(run.pruned() == 15);
  CHECK(std::ranges::count(run.bias.mask(), 0) == 0);
  for (const Parameters::State& state : run.parameters.states()) {
    for (std::size_t i = 0; i < 15; ++i) CHECK(state.slab[run.weight.offset() + i] == 0);
  }
  // The five largest are left.
  CHECK(run.weight.value()[14] == 0);
  CHECK(run.weight.value()[15] != 0);
}

TEST_CASE("a run is settled from the epoch that completes the ramp") {
  const SynapticPruning pruning(options(1));
  CHECK_FALSE(pruning.settled({.epoch = 1, .epochs = 4}));
  CHECK(pruning.settled({.epoch = 2, .epochs = 4}));
}

TEST_CASE("settings that can't reach full sparsity in time are refused") {
  const RegularizerEntry entry = synaptic_pruning_entry();
  Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  CHECK_THROWS_WITH(entry.make(settings, {.epochs = 2}),
                    "[synaptic_pruning] warmup_epochs 2 don't fit into 2 epochs of training: full "
                    "sparsity would never be reached");
  settings.set("ramp_epochs", std::int64_t{9});
  CHECK_THROWS_AS(entry.make(settings, {.epochs = 10}), Error);
  settings.set("max_sparsity", 1.2);
  CHECK_FALSE(entry.info.check(settings, Protocol::honest).empty());
  CHECK(entry.info.check(settings, Protocol::author).empty());
}
