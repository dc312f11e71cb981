// Presets and resumed runs, compared bit by bit with what they must equal.
#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "core/archive.h"
#include "core/safetensors.h"
#include "optim/adam.h"
#include "regularizers/pruning/pruning.h"
#include "regularizers/pruning/synaptic_pruning.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using namespace espalier::test;

namespace {

constexpr std::int64_t epochs = 6;
constexpr std::int64_t batches = 4;

/// Training of the hand-made model, with a regularizer, on gradients that depend on the weights.
struct Training {
  explicit Training(std::unique_ptr<Regularizer> regularizer)
      : adam(model.parameters, {.lr = 0.05}) {
    fill_all(model.parameters, RandomKey(7), fill_unit_uniform);
    regularizers.push_back(std::move(regularizer));
    regularizers[0]->attach(model.parameters);
  }

  void run_to(std::int64_t end) {
    for (; step < end; ++step) {
      Parameters& parameters = model.parameters;
      const RandomKey key = RandomKey(11).derive(static_cast<std::uint64_t>(step));
      for (const Parameter& parameter : parameters.all()) {
        const auto w = parameter.value().span();
        const auto g = parameter.grad().span();
        fill_unit_uniform(key.derive(parameter.name()), g);
        std::ranges::transform(w, g, g.begin(), std::plus());
      }
      adam.step(regularizers, {.epoch = step / batches,
                               .epochs = epochs,
                               .batch = step % batches,
                               .batches_per_epoch = batches});
      masks.insert(masks.end(), parameters.masks().begin(), parameters.masks().end());
    }
  }

  void serialize(Archive& archive, bool with_regularizer) {
    espalier::serialize(archive, model.parameters);
    adam.serialize(archive);
    if (with_regularizer) regularizers[0]->serialize(archive);
  }

  std::vector<real> values() {
    return {model.parameters.values().begin(), model.parameters.values().end()};
  }

  PruningModel model;
  Adam adam;
  Regularizers regularizers;
  std::int64_t step = 0;
  /// After every step.
  std::vector<std::uint8_t> masks;
};

std::unique_ptr<Regularizer> make(const RegularizerEntry& entry, const char* setting = nullptr,
                                  const char* value = nullptr) {
  Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  if (setting != nullptr) settings.set(setting, std::string(value));
  return entry.make(settings, {.epochs = epochs, .key = RandomKey(5)});
}

PruningOptions options_of(PruningCriterion criterion, RegrowthCriterion regrowth) {
  PruningOptions options;
  options.schedule = {.warmup_epochs = 1, .ramp_epochs = 3};
  options.criterion = criterion;
  options.regrowth.criterion = regrowth;
  options.every = 3;
  return options;
}

/// Whether a run that is saved and loaded in the middle ends as one that isn't.
bool resumes(const PruningOptions& options, bool with_regularizer = true) {
  Training unbroken(std::make_unique<Pruning>(options, RandomKey(5)));
  unbroken.run_to(epochs * batches);
  Training first(std::make_unique<Pruning>(options, RandomKey(5)));
  first.run_to(11);
  Safetensors checkpoint;
  SavingArchive saving(checkpoint);
  first.serialize(saving, with_regularizer);
  Training second(std::make_unique<Pruning>(options, RandomKey(5)));
  LoadingArchive loading(checkpoint);
  second.serialize(loading, with_regularizer);
  second.step = 11;
  second.masks = first.masks;
  second.run_to(epochs * batches);
  return second.masks == unbroken.masks && second.values() == unbroken.values();
}

}  // namespace

TEST_CASE("the published method is the family with its defaults, mask by mask") {
  Training preset(make(synaptic_pruning_entry()));
  preset.run_to(epochs * batches);
  Training family(make(pruning_entry()));
  family.run_to(epochs * batches);
  CHECK(preset.masks == family.masks);
  CHECK(preset.values() == family.values());
  CHECK(std::ranges::count(preset.model.parameters.masks(), 0) == 83);  // ⌊0.7·119⌋
  for (const auto& [setting, value] : {std::pair{"criterion", "random"},
                                       {"criterion", "movement"},
                                       {"scope", "layer"},
                                       {"schedule", "zhu_gupta"},
                                       {"schedule", "one_shot"},
                                       {"regrowth", "gradient"}}) {
    INFO(setting, " ", value);
    Training other(make(pruning_entry(), setting, value));
    other.run_to(epochs * batches);
    CHECK(other.masks != preset.masks);
  }
}

TEST_CASE("the family follows the honest rule under the author's protocol too") {
  const RegularizerEntry entry = pruning_entry();
  Training honest(make(entry));
  Training author(
      entry.make(Settings::defaults(entry.info.settings, Protocol::author),
                 {.protocol = Protocol::author, .epochs = epochs, .key = RandomKey(5)}));
  honest.run_to(epochs * batches);
  author.run_to(epochs * batches);
  CHECK(honest.masks == author.masks);
}

TEST_CASE("a resumed run equals an unbroken one, whatever it is pruned by") {
  for (const PruningCriterion criterion : {PruningCriterion::magnitude, PruningCriterion::gradient,
                                           PruningCriterion::movement, PruningCriterion::random}) {
    for (const RegrowthCriterion regrowth :
         {RegrowthCriterion::none, RegrowthCriterion::random, RegrowthCriterion::gradient}) {
      CAPTURE(static_cast<int>(criterion));
      CAPTURE(static_cast<int>(regrowth));
      CHECK(resumes(options_of(criterion, regrowth)));
    }
  }
}

TEST_CASE("the plugin's own state matters to it") {
  CHECK_FALSE(resumes(options_of(PruningCriterion::magnitude, RegrowthCriterion::none), false));
  PruningOptions options = options_of(PruningCriterion::movement, RegrowthCriterion::none);
  options.when = PruningMoment::step;  // so that the count of batches doesn't
  CHECK(resumes(options));
  CHECK_FALSE(resumes(options, false));
}
