#pragma once

#include <memory>

#include "apps/config/config.h"
#include "core/regularizer.h"
#include "models/model.h"
#include "optim/lr_schedule.h"
#include "optim/optimizer.h"

namespace espalier {

/// A network with what trains it.
struct Learner {
  std::unique_ptr<Model> model;
  Regularizers regularizers;
  std::unique_ptr<Optimizer> optimizer;
  LrSchedules lr_schedules;
};

/// Builds what `config` names and gives it initial weights: from train.init_from, or drawn from the
/// streams of the seed. Weights and batch order don't depend on the regularizers.
/// Throws UsageError for settings that can't work together in this run.
Learner make_learner(const Config& config, std::int64_t features);

}  // namespace espalier
