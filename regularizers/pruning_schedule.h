#pragma once

#include <cstdint>

#include "core/protocol.h"
#include "core/regularizer.h"

namespace espalier {

/// Target sparsity over time: 0 during warm-up, then the cubic ramp of arXiv 2508.09330
///   s = s_min + (s_max − s_min)·clamp(progress, 0, 1)³
/// `author`: progress = (e − W)/(T − W), which the last epoch, e = T − 1, leaves short of 1.
/// `honest`: progress reaches 1 in epoch W + ramp_epochs − 1.
struct PruningSchedule {
  enum class Ramp { per_epoch, per_step };

  Protocol protocol = Protocol::honest;
  double min_sparsity = 0;
  double max_sparsity = 0.7;
  /// W: epochs before pruning starts.
  std::int64_t warmup_epochs = 2;
  /// Epochs from the end of warm-up to full sparsity (`honest`), at least 1.
  std::int64_t ramp_epochs = 18;
  /// Whether the target moves once an epoch or at every step (`honest`).
  Ramp ramp = Ramp::per_epoch;

  double target(const TrainingProgress& progress) const;
  /// Whether the target is at its maximum from this epoch on (`honest`).
  bool complete(const TrainingProgress& progress) const;
};

}  // namespace espalier
