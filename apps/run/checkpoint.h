#pragma once

#include <cstdint>
#include <string>

#include "apps/training/learner.h"
#include "apps/training/trainer.h"

namespace espalier {

/// How much of each log belonged to the run when the checkpoint was written.
struct LogPositions {
  std::int64_t metrics = 0;
  std::int64_t pruning = 0;
  std::int64_t timing = 0;
};

/// Writes all state of a run to one file, atomically: weights, masks, optimizer, schedules,
/// regularizers, training loop, log positions.
void save_checkpoint(const std::string& path, Learner& learner, Trainer& trainer,
                     LogPositions logs);

/// The reverse, into objects made from the same config. Throws Error where the file doesn't fit.
LogPositions load_checkpoint(const std::string& path, Learner& learner, Trainer& trainer);

}  // namespace espalier
