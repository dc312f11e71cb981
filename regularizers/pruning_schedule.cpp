#include "regularizers/pruning_schedule.h"

#include <algorithm>

namespace espalier {

namespace {

double ratio(std::int64_t done, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(done) / static_cast<double>(whole) : 1.0;
}

double ramp_progress(const PruningSchedule& schedule, const TrainingProgress& now) {
  const std::int64_t epochs_in = now.epoch - schedule.warmup_epochs;
  if (schedule.protocol == Protocol::author) {
    return ratio(epochs_in, now.epochs - schedule.warmup_epochs);
  }
  if (schedule.ramp == PruningSchedule::Ramp::per_epoch) {
    return ratio(epochs_in, schedule.ramp_epochs - 1);
  }
  return ratio(epochs_in * now.batches_per_epoch + now.batch,
               schedule.ramp_epochs * now.batches_per_epoch - 1);
}

}  // namespace

double PruningSchedule::target(const TrainingProgress& progress) const {
  if (progress.epoch < warmup_epochs) return 0;
  const double done = std::clamp(ramp_progress(*this, progress), 0.0, 1.0);
  // Exactly the configured figure at the end, whatever the rounding of the sum.
  if (done == 1.0) return max_sparsity;
  return min_sparsity + (max_sparsity - min_sparsity) * (done * done * done);
}

bool PruningSchedule::complete(const TrainingProgress& progress) const {
  return progress.epoch >= warmup_epochs + ramp_epochs - 1;
}

}  // namespace espalier
