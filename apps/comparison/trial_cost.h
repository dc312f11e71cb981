#pragma once

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// Seconds that a run of `config` takes on one core if nothing stops it early: a few steps are
/// timed, the rest is counted.
double estimated_seconds(const Config& config, const ForecastingTask& task);

}  // namespace espalier
