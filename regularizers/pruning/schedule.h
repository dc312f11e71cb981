#pragma once

#include <cstdint>

#include "core/regularizer.h"

namespace espalier {

/// How target sparsity grows from s_min to s_max while p goes from 0 to 1.
enum class ScheduleShape {
  cubic,      ///< s_min + (s_max − s_min)·p³: slow, then fast (arXiv 2508.09330)
  zhu_gupta,  ///< s_max + (s_min − s_max)·(1 − p)³: fast, then slow (arXiv 1710.01878)
  linear,     ///< s_min + (s_max − s_min)·p
  exponential,  ///< 1 − s = (1 − s_min)·((1 − s_max)/(1 − s_min))^p: the same share of what is live
                ///< goes at each step, as in iterative pruning (arXiv 1803.03635); s_max below 1
  one_shot,  ///< s_max at once (Han et al., arXiv 1506.02626)
};

/// Target sparsity at `progress` p in [0, 1]; exactly `max_sparsity` at 1.
double scheduled_sparsity(ScheduleShape shape, double min_sparsity, double max_sparsity,
                          double progress);

/// Target sparsity over time. Training: 0 during warm-up, W epochs; then along `shape` to the
/// maximum, which is reached in epoch W + ramp_epochs − 1; then constant. Evaluation: no say.
struct PruningSchedule {
  enum class Ramp { per_epoch, per_step };

  ScheduleShape shape = ScheduleShape::cubic;
  double min_sparsity = 0;
  double max_sparsity = 0.7;
  /// W: epochs before pruning starts.
  std::int64_t warmup_epochs = 2;
  /// Epochs from the end of warm-up to full sparsity, at least 1; one_shot has no ramp.
  std::int64_t ramp_epochs = 18;
  /// Whether the target moves once an epoch or at every step.
  Ramp ramp = Ramp::per_epoch;

  double target(const TrainingProgress& progress) const;
  /// Whether the target is at its maximum by the end of this epoch.
  bool complete(const TrainingProgress& progress) const;
};

}  // namespace espalier
