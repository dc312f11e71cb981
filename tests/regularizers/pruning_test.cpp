#include "regularizers/pruning/pruning.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "optim/adam.h"

using namespace espalier;

namespace {

/// A weight matrix and a bias, trained on gradients of ones.
struct Run {
  explicit Run(const PruningOptions& options)
      : weight(parameters.add("w", ParameterKind::weight, {4, 5})),
        bias(parameters.add("b", ParameterKind::bias, {4})),
        adam(parameters, {}) {
    for (std::int64_t i = 0; i < 20; ++i) weight.value()[i] = static_cast<real>(i + 1);
    regularizers.push_back(std::make_unique<Pruning>(options, RandomKey(1)));
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

PruningOptions options(std::int64_t every) {
  PruningOptions options;
  options.schedule = {.max_sparsity = 0.75, .warmup_epochs = 1, .ramp_epochs = 2};
  options.every = every;
  return options;
}

/// Epoch and batch of every update in a run of 4 epochs of 3 batches.
std::string updates(const PruningOptions& options) {
  Run run(options);
  std::string text;
  for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
    for (std::int64_t batch = 0; batch < 3; ++batch) {
      run.step(epoch, batch);
      if (run.regularizers[0]->mask_update() == nullptr) continue;
      text += std::to_string(epoch) + "." + std::to_string(batch) + " ";
    }
  }
  return text;
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

TEST_CASE("a run is settled from the epoch that completes the ramp, with regrowth too") {
  for (const RegrowthCriterion regrowth : {RegrowthCriterion::none, RegrowthCriterion::random}) {
    PruningOptions given = options(1);
    given.regrowth.criterion = regrowth;
    const Pruning pruning(given, RandomKey(1));
    CHECK_FALSE(pruning.settled({.epoch = 1, .epochs = 4}));
    CHECK(pruning.settled({.epoch = 2, .epochs = 4}));
  }
}

TEST_CASE("masks change when asked, until full sparsity is reached") {
  PruningOptions given = options(2);
  CHECK(updates(given) == "1.0 1.2 2.1 ");  // the 4th, 6th and 8th batch
  given.when = PruningMoment::epoch;
  CHECK(updates(given) == "1.0 2.0 ");
  given.when = PruningMoment::step;
  CHECK(updates(given) == "1.0 1.1 1.2 2.0 ");
  // A target that still moves during the ramp's last epoch is met at its end, whatever the moment.
  given.schedule.ramp = PruningSchedule::Ramp::per_step;
  given.when = PruningMoment::epoch;
  CHECK(updates(given) == "1.0 2.0 2.2 ");
}

TEST_CASE("with regrowth masks go on changing, at their time only") {
  PruningOptions given = options(1000);
  given.regrowth.criterion = RegrowthCriterion::random;
  CHECK(updates(given) == "2.2 ");
  given.when = PruningMoment::epoch;
  CHECK(updates(given) == "1.0 2.0 3.0 ");
  given.every = 4;
  given.when = PruningMoment::batches;
  CHECK(updates(given) == "1.0 2.1 3.2 ");
}

TEST_CASE("the update that completes a ramp at its last step only prunes: scoring comes next") {
  PruningOptions given = options(1);
  given.when = PruningMoment::epoch;
  given.schedule.ramp = PruningSchedule::Ramp::per_step;
  given.schedule.min_sparsity = 0.25;
  given.regrowth = {.criterion = RegrowthCriterion::random,
                    .decay = RegrowthOptions::Decay::constant};
  Run run(given);
  std::string regrown_at;
  for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
    for (std::int64_t batch = 0; batch < 3; ++batch) {
      const std::vector<std::uint8_t> before(run.weight.mask().begin(), run.weight.mask().end());
      run.step(epoch, batch);
      bool regrown = false;
      for (std::size_t i = 0; i < before.size(); ++i) regrown |= run.weight.mask()[i] > before[i];
      if (regrown) regrown_at += std::to_string(epoch) + "." + std::to_string(batch) + " ";
    }
    CHECK(run.pruned() == std::vector<std::int64_t>{0, 5, 15, 15}[static_cast<std::size_t>(epoch)]);
  }
  CHECK(regrown_at == "2.0 3.0 ");
}

TEST_CASE("a sparsity out of reach is refused when the model is known") {
  PruningOptions given = options(1);
  given.schedule.max_sparsity = 1;
  CHECK_THROWS_WITH(Run{given},
                    "[pruning] max_sparsity can't be reached (all layers together: 20 of 20 can't "
                    "go while each layer keeps live_floor = 1): lower one of the two");
  given.scope = PruningScope::layer;
  given.name = "preset";
  CHECK_THROWS_WITH(Run{given},
                    "[preset] max_sparsity can't be reached (w: 20 of 20 can't go while each layer "
                    "keeps live_floor = 1): lower one of the two");
  given.live_floor = 0;
  CHECK_NOTHROW(Run{given});
}
