#pragma once

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// Linear warm-up (Goyal et al., arXiv 1706.02677, 2.2): from start_factor at the first step to 1
/// after `epochs`, the same amount at each step. torch.optim.lr_scheduler.LinearLR, stepped per
/// batch.
class WarmUpLr final : public LrSchedule {
 public:
  /// `epochs` at least 1.
  WarmUpLr(std::int64_t epochs, double start_factor)
      : epochs_(epochs), start_factor_(start_factor) {}

  double factor(const TrainingProgress& progress) const override;

 private:
  std::int64_t epochs_;
  double start_factor_;
};

LrScheduleEntry warm_up_lr_entry();

}  // namespace espalier
