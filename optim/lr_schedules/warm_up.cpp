#include "optim/lr_schedules/warm_up.h"

#include "core/error.h"

namespace espalier {

double WarmUpLr::factor(const TrainingProgress& progress) const {
  if (progress.epoch >= epochs_) return 1;
  const double done = static_cast<double>(progress.step()) /
                      static_cast<double>(epochs_ * progress.batches_per_epoch);
  return start_factor_ + (1 - start_factor_) * done;
}

namespace {

std::unique_ptr<LrSchedule> make_warm_up(const Settings& settings,
                                         const LrScheduleContext& context) {
  const std::int64_t epochs = settings.integer("epochs");
  if (epochs >= context.epochs) {
    throw Error("[lr_schedules] warm_up: " + std::to_string(epochs) +
                " epochs of warm-up in a run of " + std::to_string(context.epochs) +
                " would never reach the optimizer's rate: warm up for fewer epochs or train for "
                "more");
  }
  return std::make_unique<WarmUpLr>(epochs, settings.number("start_factor"));
}

}  // namespace

LrScheduleEntry warm_up_lr_entry() {
  return {{.name = "warm_up",
           .summary = "Raises the learning rate step by step over the first epochs.",
           .settings = {{.name = "epochs",
                         .type = SettingType::integer,
                         .default_value = std::int64_t{1},
                         .help = "Epochs until the optimizer's rate is reached.",
                         .minimum = 1},
                        {.name = "start_factor",
                         .type = SettingType::number,
                         .default_value = 0.1,
                         .help = "Share of the optimizer's rate at the first step.",
                         .minimum = 0,
                         .maximum = 1,
                         .minimum_exclusive = true}}},
          make_warm_up};
}

}  // namespace espalier
