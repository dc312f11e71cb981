#include "optim/lr_schedules/exponential.h"

#include <cmath>

namespace espalier {

double ExponentialLr::factor(const TrainingProgress& progress) const {
  return std::pow(gamma_, static_cast<double>(progress.epoch));
}

LrScheduleEntry exponential_lr_entry() {
  return {{.name = "exponential",
           .summary = "Multiplies the learning rate by gamma after each epoch.",
           .settings = {gamma_spec(0.95, "What the rate is multiplied with after each epoch.")}},
          [](const Settings& settings, const LrScheduleContext&) -> std::unique_ptr<LrSchedule> {
            return std::make_unique<ExponentialLr>(settings.number("gamma"));
          }};
}

}  // namespace espalier
