#pragma once

#include <cstdint>
#include <optional>

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// Cosine annealing (Loshchilov & Hutter, arXiv 1608.03983, eq. 5, without restarts) as
/// torch.optim.lr_scheduler.CosineAnnealingLR:
///   min_factor + (1 − min_factor)·(1 + cos(π·epoch/epochs))/2
/// Past `epochs` the cosine climbs again, as PyTorch's does.
class CosineAnnealingLr final : public LrSchedule {
 public:
  /// `epochs`: where the minimum is reached; none: at the end of the run.
  CosineAnnealingLr(std::optional<std::int64_t> epochs, double min_factor)
      : epochs_(epochs), min_factor_(min_factor) {}

  double factor(const TrainingProgress& progress) const override;

 private:
  std::optional<std::int64_t> epochs_;
  double min_factor_;
};

LrScheduleEntry cosine_lr_entry();

}  // namespace espalier
