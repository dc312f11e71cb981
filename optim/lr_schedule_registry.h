#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/component.h"
#include "optim/lr_schedule.h"

namespace espalier {

/// What a schedule may want to know of the run it is made for.
struct LrScheduleContext {
  Protocol protocol = Protocol::honest;
  /// Planned length of training.
  std::int64_t epochs = 1;
  /// Of early stopping: epochs without improvement; none: training never stops early.
  std::optional<std::int64_t> patience = {};
};

struct LrScheduleEntry {
  ComponentInfo info;
  /// Throws Error for settings that can't work in this run.
  std::unique_ptr<LrSchedule> (*make)(const Settings&, const LrScheduleContext&);
};

/// Every schedule a config can name.
std::vector<LrScheduleEntry> lr_schedule_registry();

/// Throws Error for a type that is not registered.
std::unique_ptr<LrSchedule> make_lr_schedule(std::string_view type, const Settings& settings,
                                             const LrScheduleContext& context);

/// The setting "gamma": what the rate is multiplied with now and then.
SettingSpec gamma_spec(double default_value, const char* help);
/// The setting "min_factor": where the rate stops falling.
SettingSpec min_factor_spec();

}  // namespace espalier
