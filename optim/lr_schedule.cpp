#include "optim/lr_schedule.h"

namespace espalier {

double lr_factor(const LrSchedules& schedules, const TrainingProgress& progress) {
  double product = 1;
  for (const auto& schedule : schedules) product *= schedule->factor(progress);
  return product;
}

}  // namespace espalier
