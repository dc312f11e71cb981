#pragma once

#include <cstddef>
#include <vector>

#include "apps/training/forecasting_task.h"
#include "core/regularizer.h"
#include "models/model.h"

namespace espalier {

/// Those of a run's regularizers with which one evaluation pass is like another.
struct SteadyRegularizers {
  Regularizers regularizers;
  /// Where in the config's list each of them stands.
  std::vector<std::size_t> positions;
};

/// Leaves out those that draw at random in evaluation, too: with which forecasts of the window
/// `index` differ from pass to pass.
SteadyRegularizers steady_regularizers(Regularizers all, const Model& model, const Windows& windows,
                                       std::size_t index);

}  // namespace espalier
