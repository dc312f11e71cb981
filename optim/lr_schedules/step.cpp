#include "optim/lr_schedules/step.h"

#include <cmath>

#include "core/error.h"

namespace espalier {

double StepLr::factor(const TrainingProgress& progress) const {
  const std::int64_t steps_taken = progress.epoch / step_size_;
  return std::pow(gamma_, static_cast<double>(steps_taken));
}

namespace {

std::unique_ptr<LrSchedule> make_step(const Settings& settings, const LrScheduleContext& context) {
  const std::int64_t step_size = settings.integer("step_size");
  if (step_size >= context.epochs) {
    throw Error("[lr_schedules] step: step_size " + std::to_string(step_size) + " in a run of " +
                std::to_string(context.epochs) +
                " epochs would never change the rate: give a step_size below the epochs");
  }
  return std::make_unique<StepLr>(step_size, settings.number("gamma"));
}

}  // namespace

LrScheduleEntry step_lr_entry() {
  return {
      {.name = "step",
       .summary = "Multiplies the learning rate by gamma every step_size epochs.",
       .settings = {{.name = "step_size",
                     .type = SettingType::integer,
                     .default_value = std::int64_t{10},
                     .help = "Epochs between two changes of the rate.",
                     .minimum = 1},
                    gamma_spec(0.1, "What the rate is multiplied with every step_size epochs.")}},
      make_step};
}

}  // namespace espalier
