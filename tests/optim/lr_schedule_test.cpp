#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/safetensors.h"
#include "optim/lr_schedule_registry.h"
#include "optim/lr_schedules/one_cycle.h"
#include "optim/lr_schedules/reduce_on_plateau.h"
#include "optim/lr_schedules/warm_up.h"
#include "tests/support/errors.h"
#include "tests/support/torch_optimizers.h"

namespace espalier::test {

namespace {

const LrScheduleEntry& entry_named(const std::string& type) {
  static const std::vector<LrScheduleEntry> entries = lr_schedule_registry();
  const auto entry =
      std::ranges::find(entries, type, [](const LrScheduleEntry& one) { return one.info.name; });
  if (entry == entries.end()) throw std::runtime_error("no schedule is named " + type);
  return *entry;
}

LrSchedules schedules_of(const nlohmann::json& golden) {
  LrSchedules schedules;
  for (const auto& stored : golden.at("schedules")) {
    const LrScheduleEntry& entry = entry_named(stored.at("type"));
    schedules.push_back(entry.make(golden_settings(stored.at("settings"), entry.info.settings),
                                   {.epochs = golden.at("epochs")}));
  }
  return schedules;
}

/// The factors over the whole run of a golden case. `rise` per epoch goes onto the losses: a
/// negative control.
std::vector<double> factors_of(const LrSchedules& schedules, const nlohmann::json& golden,
                               double rise = 0) {
  TrainingProgress now{.epochs = golden.at("epochs"),
                       .batches_per_epoch = golden.at("batches_per_epoch")};
  std::vector<double> factors;
  for (; now.epoch < now.epochs; ++now.epoch) {
    for (now.batch = 0; now.batch < now.batches_per_epoch; ++now.batch) {
      factors.push_back(lr_factor(schedules, now));
    }
    if (!golden.contains("losses")) continue;
    const double loss = golden.at("losses").at(static_cast<std::size_t>(now.epoch));
    for (const auto& schedule : schedules)
      schedule->observe(loss + rise * static_cast<double>(now.epoch));
  }
  return factors;
}

/// What `type` says to its defaults but for one setting.
std::string refusal(const std::string& type, const std::string& name, std::int64_t value,
                    const LrScheduleContext& context) {
  const LrScheduleEntry& entry = entry_named(type);
  Settings settings = Settings::defaults(entry.info.settings, context.protocol);
  settings.set(name, value);
  return error_of([&] { entry.make(settings, context); });
}

}  // namespace

TEST_CASE("every schedule agrees with PyTorch at every step") {
  std::set<std::string> compared{"constant"};
  for (const auto& [name, golden] : torch_optimizers().at("lr_schedules").items()) {
    CAPTURE(name);
    const auto expected = golden.at("factors").get<std::vector<double>>();
    CHECK(difference(factors_of(schedules_of(golden), golden), expected, 1e-12) == "");
    for (const auto& stored : golden.at("schedules")) compared.insert(stored.at("type"));
  }
  for (const LrScheduleEntry& entry : lr_schedule_registry()) {
    CHECK(compared.contains(entry.info.name));
  }
}

TEST_CASE("the comparison notices other settings and other losses") {
  for (nlohmann::json golden : torch_optimizers().at("lr_schedules")) {
    if (golden.at("schedules").size() > 1) continue;
    nlohmann::json& settings = golden.at("schedules").at(0).at("settings");
    const auto factors = golden.at("factors").get<std::vector<double>>();
    if (settings.contains("gamma")) {
      settings.at("gamma") = settings.at("gamma").get<double>() * 0.999;
      CHECK(difference(factors_of(schedules_of(golden), golden), factors, 1e-12) != "");
    }
    // Losses that rise.
    if (golden.contains("losses")) {
      CHECK(difference(factors_of(schedules_of(golden), golden, 1), factors, 1e-12) != "");
    }
  }
}

TEST_CASE("factors multiply; without schedules and with a constant one the factor is 1") {
  const TrainingProgress now{.epoch = 0, .epochs = 10, .batch = 1, .batches_per_epoch = 2};
  LrSchedules schedules;
  CHECK(lr_factor(schedules, now) == 1);
  schedules.push_back(entry_named("constant").make({}, {}));
  CHECK(lr_factor(schedules, now) == 1);
  schedules.push_back(std::make_unique<WarmUpLr>(1, 0.5));
  schedules.push_back(std::make_unique<WarmUpLr>(2, 0.5));
  CHECK(lr_factor(schedules, now) == 0.75 * 0.625);
}

TEST_CASE("one_cycle begins at its peak where the way up has a single step") {
  // PyTorch divides 0 by 0 there.
  const OneCycleLr schedule({.pct_start = 0.25});
  const TrainingProgress first{.batches_per_epoch = 4};
  CHECK(schedule.factor(first) == 1);
}

TEST_CASE("a restored reduce_on_plateau goes on where the saved one was") {
  const ReduceLrOnPlateau::Options options{.factor = 0.5, .patience = 1, .cooldown = 2};
  const std::vector<double> losses{5, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3};
  std::set<double> factors;
  for (std::size_t split = 0; split <= losses.size(); ++split) {
    CAPTURE(split);
    ReduceLrOnPlateau whole(options);
    for (std::size_t i = 0; i < split; ++i) whole.observe(losses[i]);
    Safetensors file;
    SavingArchive saving(file);
    whole.serialize(saving);
    ReduceLrOnPlateau resumed(options);
    LoadingArchive loading(file);
    resumed.serialize(loading);
    CHECK(resumed.factor({}) == whole.factor({}));
    for (std::size_t i = split; i < losses.size(); ++i) {
      whole.observe(losses[i]);
      resumed.observe(losses[i]);
      CHECK(resumed.factor({}) == whole.factor({}));
      factors.insert(whole.factor({}));
    }
  }
  CHECK(factors.size() > 3);
}

TEST_CASE("every registered schedule builds from its defaults and describes its settings") {
  std::set<std::string> names;
  for (const LrScheduleEntry& entry : lr_schedule_registry()) {
    CAPTURE(entry.info.name);
    CHECK(names.insert(entry.info.name).second);
    CHECK(!entry.info.summary.empty());
    const Settings defaults = Settings::defaults(entry.info.settings, Protocol::honest);
    const auto schedule =
        make_lr_schedule(entry.info.name, defaults, {.epochs = 20, .patience = 3});
    CHECK(schedule->factor({.epoch = 1, .epochs = 20, .batches_per_epoch = 5}) > 0);
    for (const SettingSpec& spec : entry.info.settings) {
      CAPTURE(spec.name);
      CHECK(!spec.help.empty());
      if (spec.nullable) continue;
      const double value = defaults.number(spec.name);
      CHECK((spec.minimum_exclusive ? value > spec.minimum : value >= spec.minimum));
      CHECK(value <= spec.maximum);
    }
  }
  CHECK(names == std::set<std::string>{"constant", "cosine", "exponential", "one_cycle",
                                       "reduce_on_plateau", "step", "warm_up"});
  CHECK(wrong_error([] { make_lr_schedule("stpe", {}, {}); }, {"[lr_schedules]", "\"stpe\""}) ==
        "");
}

TEST_CASE("schedules that could never take effect in a run are refused") {
  const std::string fine = "<no error>";
  CHECK(refusal("step", "step_size", 11, {.epochs = 12}) == fine);
  CHECK(refusal("step", "step_size", 12, {.epochs = 12}).find("12 epochs") != std::string::npos);
  CHECK(refusal("warm_up", "epochs", 11, {.epochs = 12}) == fine);
  CHECK(refusal("warm_up", "epochs", 12, {.epochs = 12}).find("12 epochs") != std::string::npos);

  const auto plateau = [&](std::int64_t patience, const LrScheduleContext& context) {
    return refusal("reduce_on_plateau", "patience", patience, context);
  };
  CHECK(plateau(3, {.epochs = 12, .patience = 5}) == fine);
  CHECK(plateau(4, {.epochs = 12, .patience = 5}).find("train.patience 5") != std::string::npos);
  CHECK(plateau(9, {.epochs = 12}) == fine);
  CHECK(plateau(9, {.protocol = Protocol::author, .epochs = 12, .patience = 5}) == fine);
}

}  // namespace espalier::test
