#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"
#include "core/forward.h"
#include "models/model.h"

namespace espalier {

/// The training windows in the order in which an epoch takes them, train.batch at a time.
std::vector<std::size_t> epoch_order(const Config& config, const ForecastingTask& task,
                                     std::int64_t epoch);

/// What a training step does forward: gathers a batch of windows into the arena of the pass's tape,
/// as the nodes "x" and "y", and records the model's forecasts and their loss [1], without
/// penalties.
Var batch_loss(const Config& config, const Windows& windows, const Model& model, Forward& pass,
               std::span<const std::size_t> batch);

}  // namespace espalier
