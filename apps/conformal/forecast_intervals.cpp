#include "apps/conformal/forecast_intervals.h"

#include "apps/conformal/scaled_truths.h"
#include "apps/metrics/of_target.h"

namespace espalier {

namespace {

/// Behind the last of the windows from `begin` on that begin one row after another.
std::size_t end_of_run(std::span<const std::size_t> windows, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < windows.size() && windows[end] == windows[end - 1] + 1) ++end;
  return end;
}

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<LevelBounds> forecast_intervals(IntervalMethod method, const Calibration& calibration,
                                            std::span<const double> levels,
                                            const FrameForecasts& forecasts) {
  const std::span<const std::size_t> windows = forecasts.windows;
  const std::size_t outputs = calibration.outputs();
  std::vector<LevelBounds> all;
  for (const double level : levels) all.push_back({.level = level});
  // Only those of rows before the last origin of a run are looked at.
  const std::vector<double> truths = scaled_targets(forecasts.frame, forecasts.scaling, windows,
                                                    forecasts.window, calibration.horizon);
  for (std::size_t begin = 0, end = 0; begin < windows.size(); begin = end) {
    end = end_of_run(windows, begin);
    const std::size_t values = (end - begin) * outputs;
    const ForecastRun run{.forecasts = forecasts.forecasts.subspan(begin * outputs, values),
                          .truths = std::span(truths).subspan(begin * outputs, values)};
    const std::vector<LevelBounds> made = conformal_bounds(method, calibration, levels, run);
    for (std::size_t level = 0; level < levels.size(); ++level) {
      append(all[level].lower, made[level].lower);
      append(all[level].upper, made[level].upper);
    }
  }
  const std::vector<ColumnScale> scales =
      target_scales(forecasts.frame, forecasts.scaling, windows, calibration.horizon);
  for (LevelBounds& bounds : all) {
    for (std::size_t i = 0; i < scales.size(); ++i) {
      bounds.lower[i] = scales[i].restored(bounds.lower[i]);
      bounds.upper[i] = scales[i].restored(bounds.upper[i]);
    }
  }
  return all;
}

ScoredIntervals score_intervals(std::string method, const LevelBounds& bounds,
                                std::span<const double> actual, std::size_t targets) {
  ScoredIntervals scored{.method = std::move(method), .level = bounds.level};
  for (std::size_t k = 0; k < targets; ++k) {
    scored.by_target.push_back(interval_metrics(of_target(actual, k, targets),
                                                of_target(bounds.lower, k, targets),
                                                of_target(bounds.upper, k, targets), bounds.level));
    scored.coverage += scored.by_target.back().coverage / static_cast<double>(targets);
  }
  return scored;
}

}  // namespace espalier
