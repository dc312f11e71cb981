#pragma once

#include <vector>

#include "apps/conformal/forecast_intervals.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// The levels at which a run's intervals are tried on its test windows.
inline constexpr double tested_levels[] = {0.8, 0.9, 0.95};

/// How a run's intervals fare on its test windows: every method at every tested level that the
/// calibration allows. Rolling ones begin with the calibration and learn as the test goes on.
/// `forecasts`: the model's, in file units, laid out [window][step][target].
std::vector<ScoredIntervals> test_intervals(const Calibration& calibration,
                                            const ForecastingTask& task,
                                            std::span<const double> forecasts);

}  // namespace espalier
