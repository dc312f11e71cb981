#pragma once

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// gamma^epoch, as torch.optim.lr_scheduler.ExponentialLR.
class ExponentialLr final : public LrSchedule {
 public:
  explicit ExponentialLr(double gamma) : gamma_(gamma) {}

  double factor(const TrainingProgress& progress) const override;

 private:
  double gamma_;
};

LrScheduleEntry exponential_lr_entry();

}  // namespace espalier
