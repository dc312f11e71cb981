#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/conformal/conformal_intervals.h"
#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "apps/metrics/interval_metrics.h"

namespace espalier {

/// Forecasts of windows of a frame.
struct FrameForecasts {
  const Frame& frame;
  const Scaling& scaling;
  /// Rows of input.
  std::size_t window;
  /// By their first input row, rising.
  std::span<const std::size_t> windows;
  /// Scaled, laid out [window][step][target].
  std::span<const double> forecasts;
};

/// Intervals around forecasts, in the units of the file. Rolling ones begin anew with the
/// calibration where a window doesn't begin one row after the window before.
std::vector<LevelBounds> forecast_intervals(IntervalMethod method, const Calibration& calibration,
                                            std::span<const double> levels,
                                            const FrameForecasts& forecasts);

/// How good the intervals of one kind and level are.
struct ScoredIntervals {
  /// An interval_method_name, or what else made them.
  std::string method = {};
  /// A share.
  double level = 0;
  /// Share of all values in their interval.
  double coverage = 0;
  /// Of each target alone, in its own units.
  std::vector<IntervalMetrics> by_target = {};
};

/// `actual` in file units, laid out as the bounds.
ScoredIntervals score_intervals(std::string method, const LevelBounds& bounds,
                                std::span<const double> actual, std::size_t targets);

}  // namespace espalier
