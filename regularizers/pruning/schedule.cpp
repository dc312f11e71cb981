#include "regularizers/pruning/schedule.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

double ratio(std::int64_t done, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(done) / static_cast<double>(whole) : 1.0;
}

double ramp_progress(const PruningSchedule& schedule, const TrainingProgress& now) {
  const std::int64_t epochs_in = now.epoch - schedule.warmup_epochs;
  if (schedule.ramp == PruningSchedule::Ramp::per_epoch) {
    return ratio(epochs_in, schedule.ramp_epochs - 1);
  }
  return ratio(epochs_in * now.batches_per_epoch + now.batch,
               schedule.ramp_epochs * now.batches_per_epoch - 1);
}

}  // namespace

double scheduled_sparsity(ScheduleShape shape, double min_sparsity, double max_sparsity,
                          double progress) {
  const double done = std::clamp(progress, 0.0, 1.0);
  // Exactly the configured figure at the end, whatever the rounding of the formula.
  if (done == 1.0) return max_sparsity;
  const double left = 1 - done;
  switch (shape) {
    case ScheduleShape::cubic:
      return min_sparsity + (max_sparsity - min_sparsity) * (done * done * done);
    case ScheduleShape::zhu_gupta:
      return max_sparsity + (min_sparsity - max_sparsity) * (left * left * left);
    case ScheduleShape::linear:
      return min_sparsity + (max_sparsity - min_sparsity) * done;
    case ScheduleShape::exponential:
      return 1 - (1 - min_sparsity) * std::pow((1 - max_sparsity) / (1 - min_sparsity), done);
    case ScheduleShape::one_shot:
      break;
  }
  return max_sparsity;
}

double PruningSchedule::target(const TrainingProgress& progress) const {
  if (progress.epoch < warmup_epochs) return 0;
  return scheduled_sparsity(shape, min_sparsity, max_sparsity, ramp_progress(*this, progress));
}

bool PruningSchedule::complete(const TrainingProgress& progress) const {
  const std::int64_t length = shape == ScheduleShape::one_shot ? 1 : ramp_epochs;
  return progress.epoch >= warmup_epochs + length - 1;
}

}  // namespace espalier
