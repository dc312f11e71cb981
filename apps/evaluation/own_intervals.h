#pragma once

#include <span>
#include <vector>

#include "apps/conformal/forecast_intervals.h"
#include "apps/data/scaler.h"
#include "apps/training/forecaster.h"

namespace espalier {

/// How good the intervals are that forecasts bring along, without a calibration: of a model of
/// quantiles ("quantiles") those between two whose levels lie as far below 0.5 as above it, of
/// random forecasts ("spread") that of interval_level, from the deviation over the passes.
/// `levels`: of the quantiles, if any; `scales`: one per forecast; `actual`: in file units.
std::vector<ScoredIntervals> score_own_intervals(const WindowForecasts& forecasts,
                                                 std::span<const double> levels,
                                                 std::span<const ColumnScale> scales,
                                                 std::span<const double> actual,
                                                 std::size_t targets);

}  // namespace espalier
