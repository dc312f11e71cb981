#pragma once

#include <memory>
#include <vector>

#include "core/archive.h"
#include "core/regularizer.h"

namespace espalier {

/// Moves the learning rate over training, as a factor on the optimizer's own.
class LrSchedule {
 public:
  virtual ~LrSchedule() = default;

  /// The factor for the step that `progress` stands before.
  virtual double factor(const TrainingProgress& progress) const = 0;
  /// Told the validation loss when an epoch ends, unless a regularizer hasn't settled: while it
  /// still takes weights away, a loss that doesn't fall says nothing about the rate.
  virtual void observe(double /*validation_loss*/) {}
  /// Lists the state a resumed run needs besides the TrainingProgress.
  virtual void serialize(Archive&) {}
};

using LrSchedules = std::vector<std::unique_ptr<LrSchedule>>;

/// The product of their factors, as torch.optim.lr_scheduler.ChainedScheduler; 1 if there are none.
double lr_factor(const LrSchedules& schedules, const TrainingProgress& progress);

}  // namespace espalier
