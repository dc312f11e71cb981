#pragma once

#include "apps/training/trainer.h"

namespace espalier {

/// Trains to the end, with `observer` looking on; unless `quiet`, progress is shown on stderr.
/// Interrupted where Ctrl-C or the like ended it after a step.
Trainer::Outcome run_observed(Trainer& trainer, TrainingObserver& observer, bool quiet);

}  // namespace espalier
