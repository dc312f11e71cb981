#include "optim/lr_schedule_registry.h"

#include "core/error.h"
#include "optim/lr_schedules/constant.h"
#include "optim/lr_schedules/cosine.h"
#include "optim/lr_schedules/exponential.h"
#include "optim/lr_schedules/one_cycle.h"
#include "optim/lr_schedules/reduce_on_plateau.h"
#include "optim/lr_schedules/step.h"
#include "optim/lr_schedules/warm_up.h"

namespace espalier {

std::vector<LrScheduleEntry> lr_schedule_registry() {
  return {constant_lr_entry(),  step_lr_entry(),    exponential_lr_entry(),      cosine_lr_entry(),
          one_cycle_lr_entry(), warm_up_lr_entry(), reduce_lr_on_plateau_entry()};
}

std::unique_ptr<LrSchedule> make_lr_schedule(std::string_view type, const Settings& settings,
                                             const LrScheduleContext& context) {
  for (const LrScheduleEntry& entry : lr_schedule_registry()) {
    if (entry.info.name == type) return entry.make(settings, context);
  }
  throw Error("[lr_schedules] no schedule is named \"" + std::string(type) + "\"");
}

SettingSpec gamma_spec(double default_value, const char* help) {
  return {.name = "gamma",
          .type = SettingType::number,
          .default_value = default_value,
          .help = help,
          .minimum = 0,
          .maximum = 1,
          .minimum_exclusive = true};
}

SettingSpec min_factor_spec() {
  return {.name = "min_factor",
          .type = SettingType::number,
          .default_value = 0.0,
          .help = "Share of the optimizer's rate below which this schedule doesn't go.",
          .minimum = 0,
          .maximum = 1};
}

}  // namespace espalier
