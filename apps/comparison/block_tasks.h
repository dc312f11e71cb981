#pragma once

#include <memory>
#include <vector>

#include "apps/comparison/comparison.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// The data of each block, in their order; blocks on the same windows share it.
using BlockTasks = std::vector<std::shared_ptr<const ForecastingTask>>;

/// Throws Error where a file doesn't fit its config.
BlockTasks load_block_tasks(const Comparison& comparison);

/// Proves that every arm changes what it is meant to, on every block (see regularizer_effect.h),
/// and that its model can be built. Throws UsageError, naming block and arm.
void check_arms_act(const Comparison& comparison, const BlockTasks& tasks, int threads);

}  // namespace espalier
