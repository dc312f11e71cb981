#pragma once

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// gamma^⌊epoch/step_size⌋, as torch.optim.lr_scheduler.StepLR.
class StepLr final : public LrSchedule {
 public:
  /// `step_size` in epochs, at least 1.
  StepLr(std::int64_t step_size, double gamma) : step_size_(step_size), gamma_(gamma) {}

  double factor(const TrainingProgress& progress) const override;

 private:
  std::int64_t step_size_;
  double gamma_;
};

LrScheduleEntry step_lr_entry();

}  // namespace espalier
