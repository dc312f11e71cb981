#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/error.h"
#include "regularizers/pruning/pruning.h"
#include "regularizers/pruning/settings.h"
#include "regularizers/pruning/synaptic_pruning.h"
#include "tests/support/text.h"

using namespace espalier;
using espalier::test::contains;

namespace {

using Given = std::vector<std::pair<const char*, SettingValue>>;

Settings settings_of(const RegularizerEntry& entry, const Given& given) {
  Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  for (const auto& [name, value] : given) {
    REQUIRE(settings.values().contains(name));
    settings.set(name, value);
  }
  return settings;
}

std::string refusal(const Given& given) {
  return check_pruning_settings(settings_of(pruning_entry(), given), Protocol::honest);
}

PruningOptions options_of(const Given& given) {
  return pruning_options(settings_of(pruning_entry(), given), {.epochs = 20});
}

}  // namespace

TEST_CASE("settings become the options they name") {
  const PruningOptions options = options_of({{"criterion", "movement"},
                                             {"scope", "layer"},
                                             {"grain", "neuron"},
                                             {"schedule", "zhu_gupta"},
                                             {"regrowth", "gradient"},
                                             {"regrow_fraction", 0.2},
                                             {"regrow_decay", "constant"},
                                             {"when", "epoch"},
                                             {"min_sparsity", 0.1},
                                             {"max_sparsity", 0.6},
                                             {"warmup_epochs", std::int64_t{3}},
                                             {"ramp_epochs", std::int64_t{4}},
                                             {"ramp", "step"},
                                             {"live_floor", std::int64_t{2}}});
  CHECK(options.criterion == PruningCriterion::movement);
  CHECK(options.scope == PruningScope::layer);
  CHECK(options.grain == PruningGrain::neuron);
  CHECK(options.schedule.shape == ScheduleShape::zhu_gupta);
  CHECK(options.regrowth.criterion == RegrowthCriterion::gradient);
  CHECK(options.regrowth.fraction == 0.2);
  CHECK(options.regrowth.decay == RegrowthOptions::Decay::constant);
  CHECK(options.when == PruningMoment::epoch);
  CHECK(options.schedule.min_sparsity == 0.1);
  CHECK(options.schedule.max_sparsity == 0.6);
  CHECK(options.schedule.warmup_epochs == 3);
  CHECK(options.schedule.ramp_epochs == 4);
  CHECK(options.schedule.ramp == PruningSchedule::Ramp::per_step);
  CHECK(options.live_floor == 2);
}

TEST_CASE("no max_sparsity means 0.7, or what n of m leaves") {
  CHECK(options_of({}).schedule.max_sparsity == 0.7);
  CHECK(options_of({{"grain", "n_m"}}).schedule.max_sparsity == 0.5);
  const Given one_of_eight{{"grain", "n_m"}, {"n", std::int64_t{1}}, {"m", std::int64_t{8}}};
  CHECK(options_of(one_of_eight).schedule.max_sparsity == 0.875);
}

TEST_CASE("choices that don't go together are refused, with the way out") {
  CHECK(refusal({}) == "");
  CHECK(contains(refusal({{"min_sparsity", 0.8}}), "min_sparsity exceeds max_sparsity"));
  CHECK(refusal({{"min_sparsity", 0.8}, {"max_sparsity", 0.9}}) == "");
  CHECK(contains(refusal({{"grain", "n_m"}, {"max_sparsity", 0.5}}), "leave max_sparsity out"));
  CHECK(contains(refusal({{"grain", "n_m"}, {"n", std::int64_t{4}}}), "n must be less than m"));
  CHECK(contains(refusal({{"grain", "n_m"}, {"min_sparsity", 0.6}}), "min_sparsity exceeds"));
  CHECK(contains(refusal({{"schedule", "exponential"}, {"max_sparsity", 1.0}}), "never gets to"));
  CHECK(refusal({{"schedule", "exponential"}, {"max_sparsity", 0.99}}) == "");
  CHECK(contains(refusal({{"schedule", "one_shot"}, {"min_sparsity", 0.1}}), "at once"));
  CHECK(contains(refusal({{"schedule", "one_shot"}, {"ramp_epochs", std::int64_t{3}}}), "at once"));
  CHECK(refusal({{"schedule", "one_shot"}}) == "");
  for (const char* regrowth : {"random", "gradient"}) {
    CHECK(contains(refusal({{"grain", "neuron"}, {"regrowth", regrowth}}), "single weights"));
    CHECK(contains(refusal({{"grain", "head"}, {"regrowth", regrowth}}), "single weights"));
    CHECK(refusal({{"grain", "n_m"}, {"regrowth", regrowth}}) == "");
  }
}

TEST_CASE("a ramp that doesn't fit into the run is refused, under the name in the config") {
  const auto make = [](const RegularizerEntry& entry, const Given& given, std::int64_t epochs) {
    entry.make(settings_of(entry, given), {.epochs = epochs});
  };
  CHECK_THROWS_WITH(make(synaptic_pruning_entry(), {}, 2),
                    "[synaptic_pruning] warmup_epochs 2 don't fit into 2 epochs of training: full "
                    "sparsity would never be reached");
  CHECK_THROWS_WITH(make(pruning_entry(), {{"ramp_epochs", std::int64_t{9}}}, 10),
                    "[pruning] warmup_epochs 2 and ramp_epochs 9 don't fit into 10 epochs of "
                    "training: full sparsity would never be reached");
  CHECK_THROWS_AS(make(synaptic_pruning_entry(), {{"ramp_epochs", std::int64_t{9}}}, 10), Error);
  CHECK_NOTHROW(make(pruning_entry(), {{"ramp_epochs", std::int64_t{8}}}, 10));
}

TEST_CASE("a sparsity above 1 is for the published scripts alone") {
  const RegularizerEntry entry = synaptic_pruning_entry();
  const Settings settings = settings_of(entry, {{"max_sparsity", 1.2}});
  CHECK_FALSE(entry.info.check(settings, Protocol::honest).empty());
  CHECK(entry.info.check(settings, Protocol::author).empty());
}
