// A steady training step must not touch the heap.

#include <algorithm>
#include <memory>
#include <stdlib.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "models/lstm.h"
#include "models/patch_transformer.h"
#include "optim/adam.h"
#include "optim/lr_schedule_registry.h"
#include "optim/registry.h"
#include "regularizers/dropout.h"
#include "regularizers/mc_dropout.h"
#include "regularizers/pruning/pruning.h"
#include "regularizers/variational_dropout.h"
#include "regularizers/weight_drop.h"
#include "regularizers/zoneout.h"
#include "tests/models/allocation_counter.h"
#include "tests/support/array.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

/// Keeps the compiler from dropping an allocation that nothing reads.
template <typename T>
void use(T* memory) {
  asm volatile("" : : "g"(memory) : "memory");
}

/// A ramp to 0.8 over the one epoch that is trained.
PruningOptions pruning_options() {
  PruningOptions options;
  options.schedule = {.max_sparsity = 0.8,
                      .warmup_epochs = 0,
                      .ramp_epochs = 1,
                      .ramp = PruningSchedule::Ramp::per_step};
  options.every = 4;
  return options;
}

Regularizers of(std::unique_ptr<Regularizer> regularizer) {
  Regularizers regularizers;
  regularizers.push_back(std::move(regularizer));
  return regularizers;
}

Regularizers dropout(const std::vector<Site>& sites) {
  return of(std::make_unique<Dropout>(0.3, sites, RandomKey(2)));
}

const ForecastShape shape{.window = 12, .features = 3, .horizon = 2, .own_past = {1}};
const ForecastShape quantile_shape{
    .window = 12, .features = 3, .horizon = 2, .own_past = {1}, .quantiles = {0.1, 0.3, 0.5, 0.9}};

std::unique_ptr<Model> lstm() {
  return std::make_unique<LstmForecaster>(shape, "lstm", 16, 2);
}

/// Everything that a run keeps from step to step, pruning included.
class Training {
 public:
  Training(std::unique_ptr<Model> model, Regularizers regularizers, const PruningOptions& pruning)
      : model_(std::move(model)),
        optimizer_(model_->parameters(), {.lr = 0.01, .max_grad_norm = 0.5}),
        regularizers_(std::move(regularizers)),
        x_{{12, 3, 8}, std::vector<real>(12 * 3 * 8)},
        y_{{2, 8}, std::vector<real>(2 * 8)} {
    model_->initialise(RandomKey(1));
    regularizers_.push_back(std::make_unique<Pruning>(pruning, RandomKey(3)));
    for (const auto& regularizer : regularizers_) regularizer->attach(model_->parameters());
  }

  /// Returns whether masks changed.
  bool step() {
    const TrainingProgress progress{.batch = step_, .batches_per_epoch = 40};
    tape_.reset();
    for (std::size_t i = 0; i < x_.elements.size(); ++i) {
      x_.elements[i] = static_cast<real>((i * 7 + static_cast<std::size_t>(step_)) % 11) / 11;
    }
    Forward pass(tape_, regularizers_, Forward::Purpose::training,
                 static_cast<std::uint64_t>(step_));
    const Var forecast = model_->forward(pass, tape_.constant(x_.tensor()));
    const Var truth = tape_.constant(y_.tensor());
    const std::vector<double>& levels = model_->shape().quantiles;
    const Var loss = pass.penalised(levels.empty() ? mse_loss(forecast, truth)
                                                   : pinball_loss(forecast, truth, levels));
    model_->parameters().zero_grad();
    tape_.backward(loss);
    optimizer_.step(regularizers_, progress);
    ++step_;
    return regularizers_.back()->mask_update() != nullptr;
  }

  /// Prunes half of every weight matrix at random; products skip what is pruned from then on.
  void prune_half() {
    Parameters& parameters = model_->parameters();
    std::vector<real> draws(parameters.values().size());
    fill_uniform(RandomKey(4), -1, 1, draws);
    for (const Parameter& parameter : parameters.all()) {
      if (parameter.kind() != ParameterKind::weight) continue;
      for (std::size_t i = parameter.offset(); i < parameter.offset() + parameter.size(); ++i) {
        if (draws[i] < 0) parameters.prune(i, /*forget_state=*/true);
      }
    }
    parameters.skip_pruned_from(0.2);
  }

  std::int64_t pruned() { return std::ranges::count(model_->parameters().masks(), 0); }

  /// Whether products with every weight matrix skip pruned weights.
  bool skips_everywhere() {
    return std::ranges::all_of(model_->parameters().all(), [](const Parameter& parameter) {
      return parameter.kind() != ParameterKind::weight || parameter.live() != nullptr;
    });
  }

 private:
  std::unique_ptr<Model> model_;
  Adam optimizer_;
  Regularizers regularizers_;
  Tape tape_;
  Array x_, y_;
  std::int64_t step_ = 0;
};

}  // namespace

TEST_CASE("the counter sees every way to the heap") {
  CHECK(allocations_of([] {}) == 0);
  std::vector<int> numbers(4);
  CHECK(allocations_of([&] { numbers.resize(1000); }) == 1);
  CHECK(allocations_of([] { use(std::make_unique<int>(1).get()); }) == 1);
  CHECK(allocations_of([] {
          AlignedVector<real> slab(100);
          use(slab.data());
        }) == 1);
  const auto counted = [](void* memory) {
    use(memory);
    free(memory);
  };
  CHECK(allocations_of([&] { counted(malloc(10)); }) == 1);
  CHECK(allocations_of([&] { counted(calloc(10, 10)); }) == 1);
  CHECK(allocations_of([&] { counted(realloc(nullptr, 10)); }) == 1);
  CHECK(allocations_of([&] { counted(aligned_alloc(64, 128)); }) == 1);
  CHECK(allocations_of([&] {
          void* memory = nullptr;
          if (posix_memalign(&memory, 64, 100) == 0) counted(memory);
        }) == 1);
}

namespace {

/// Checks that none of the steps after the first two allocates.
void check_steady_steps(Training& training) {
  training.step();
  training.step();
  int mask_updates = 0;
  long between_updates = 0;
  long across_updates = 0;
  for (int step = 2; step < 40; ++step) {
    bool updated = false;
    const long count = allocations_of([&] { updated = training.step(); });
    mask_updates += updated;
    (updated ? across_updates : between_updates) += count;
  }
  CHECK(between_updates == 0);
  CHECK(across_updates == 0);
  // Not for want of anything to do.
  CHECK(mask_updates >= 8);
  CHECK(mask_updates < 20);
}

void check_steady_steps(std::unique_ptr<Model> model, Regularizers regularizers,
                        const PruningOptions& pruning) {
  Training training(std::move(model), std::move(regularizers), pruning);
  check_steady_steps(training);
  CHECK(training.pruned() > 1000);
}

}  // namespace

TEST_CASE("after two steps a training step allocates nothing") {
  check_steady_steps(lstm(), dropout({Site::input, Site::hidden, Site::head}), pruning_options());
}

TEST_CASE("nor does it where regularizers act on states and recurrent weights") {
  const std::vector sites{Site::input, Site::hidden, Site::recurrent, Site::head};
  Regularizers regularizers = dropout(sites);
  regularizers.push_back(std::make_unique<McDropout>(0.1, sites, /*samples=*/3, RandomKey(3)));
  regularizers.push_back(std::make_unique<VariationalDropout>(0.1, sites, RandomKey(4)));
  regularizers.push_back(std::make_unique<Zoneout>(0.1, 0.3, RandomKey(5)));
  regularizers.push_back(std::make_unique<WeightDrop>(0.3, RandomKey(6)));
  check_steady_steps(lstm(), std::move(regularizers), pruning_options());
}

TEST_CASE("nor does it with learned scores, neurons, or regrowth") {
  PruningOptions neurons = pruning_options();
  neurons.criterion = PruningCriterion::movement;
  neurons.grain = PruningGrain::neuron;
  check_steady_steps(lstm(), dropout({Site::head}), neurons);
  PruningOptions regrowth = pruning_options();
  regrowth.criterion = PruningCriterion::gradient;
  regrowth.regrowth.criterion = RegrowthCriterion::random;
  check_steady_steps(lstm(), dropout({Site::head}), regrowth);
  regrowth.regrowth.criterion = RegrowthCriterion::gradient;
  regrowth.scope = PruningScope::layer;
  check_steady_steps(lstm(), dropout({Site::head}), regrowth);
}

TEST_CASE("nor does it where quantiles are forecast") {
  check_steady_steps(std::make_unique<LstmForecaster>(quantile_shape, "lstm", 16, 2),
                     dropout({Site::head}), pruning_options());
}

TEST_CASE("nor does it in a transformer, in either of its published forms") {
  const std::vector sites{Site::hidden, Site::attention, Site::residual, Site::feed_forward};
  for (const ModelEntry& entry : {patch_transformer_entry(), patchtst_entry()}) {
    CAPTURE(entry.info.name);
    Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    settings.set("embed", std::int64_t{16});
    settings.set("heads", std::int64_t{4});
    settings.set("patch", std::int64_t{4});
    settings.set("stride", std::int64_t{2});
    check_steady_steps(entry.make(settings, shape), dropout(sites), pruning_options());
  }
}

TEST_CASE("nor does it in any model whose products skip pruned weights") {
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    auto model = entry.make(small_settings(entry.info), shape);
    if (model->parameters().count() == 0) continue;
    Training training(std::move(model), dropout({Site::head}), pruning_options());
    training.prune_half();
    const std::int64_t pruned = training.pruned();
    check_steady_steps(training);
    CHECK(training.skips_everywhere());
    CHECK(training.pruned() > pruned);
  }
}

TEST_CASE("no optimizer and no schedule allocates in a step") {
  LrSchedules schedules;
  for (const LrScheduleEntry& entry : lr_schedule_registry()) {
    schedules.push_back(entry.make(Settings::defaults(entry.info.settings, Protocol::honest),
                                   {.epochs = 20, .patience = 3}));
  }
  for (const OptimizerEntry& entry : optimizer_registry()) {
    CAPTURE(entry.info.name);
    Parameters parameters;
    parameters.add("w", ParameterKind::weight, {7, 5});
    Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    settings.set("max_grad_norm", 0.5);
    const auto optimizer = entry.make(settings, parameters);
    CHECK(allocations_of([&] {
            for (TrainingProgress now{.epochs = 20}; now.epoch < 20; ++now.epoch) {
              std::ranges::fill(parameters.grads(), real{1});
              optimizer->set_lr_factor(lr_factor(schedules, now));
              optimizer->step({}, now);
              for (const auto& schedule : schedules) schedule->observe(1);
            }
          }) == 0);
    CHECK(parameters.values()[0] < 0);
  }
}

}  // namespace espalier::test
