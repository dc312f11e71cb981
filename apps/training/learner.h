#pragma once

#include <cstddef>
#include <memory>

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "core/regularizer.h"
#include "models/model.h"
#include "optim/lr_schedule.h"
#include "optim/optimizer.h"
#include "regularizers/registry.h"

namespace espalier {

/// A network with what trains it.
struct Learner {
  std::unique_ptr<Model> model;
  Regularizers regularizers;
  std::unique_ptr<Optimizer> optimizer;
  LrSchedules lr_schedules;
};

/// The sizes of the model that `config` asks for on the columns of `frame`, without quantiles.
ForecastShape forecast_shape(const DataConfig& config, const Frame& frame);

/// What the regularizer at `position` of the config's list is told of the run.
RegularizerContext regularizer_context(const Config& config, std::size_t position);

/// Those that `config` lists, not attached to parameters yet. Throws UsageError as make_learner.
Regularizers make_regularizers(const Config& config);

/// Builds what `config` names for the columns of `frame` and gives it initial weights: from
/// train.init_from, or drawn from the streams of the seed. Weights and batch order don't depend on
/// the regularizers. Throws UsageError for settings that can't work together in this run.
Learner make_learner(const Config& config, const Frame& frame);

}  // namespace espalier
