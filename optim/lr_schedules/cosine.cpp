#include "optim/lr_schedules/cosine.h"

#include <cmath>
#include <numbers>

namespace espalier {

double CosineAnnealingLr::factor(const TrainingProgress& progress) const {
  const double done =
      static_cast<double>(progress.epoch) / static_cast<double>(epochs_.value_or(progress.epochs));
  return min_factor_ + (1 - min_factor_) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

namespace {

std::unique_ptr<LrSchedule> make_cosine(const Settings& settings, const LrScheduleContext&) {
  std::optional<std::int64_t> epochs;
  if (!settings.is_null("epochs")) epochs = settings.integer("epochs");
  return std::make_unique<CosineAnnealingLr>(epochs, settings.number("min_factor"));
}

}  // namespace

LrScheduleEntry cosine_lr_entry() {
  return {{.name = "cosine",
           .summary = "Lowers the learning rate epoch by epoch along half a cosine.",
           .settings = {{.name = "epochs",
                         .type = SettingType::integer,
                         .default_value = std::monostate{},
                         .help = "Epochs down to the minimum, after which the rate climbs again; "
                                 "null: those of the run.",
                         .minimum = 1,
                         .nullable = true},
                        min_factor_spec()}},
          make_cosine};
}

}  // namespace espalier
