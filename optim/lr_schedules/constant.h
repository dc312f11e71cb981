#pragma once

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// Leaves the learning rate as it is: the control arm of a comparison.
class ConstantLr final : public LrSchedule {
 public:
  double factor(const TrainingProgress&) const override { return 1; }
};

LrScheduleEntry constant_lr_entry();

}  // namespace espalier
