#include "apps/conformal/tested_intervals.h"

#include "apps/conformal/scaled_truths.h"
#include "apps/conformal/split_conformal.h"

namespace espalier {

std::vector<ScoredIntervals> test_intervals(const Calibration& calibration,
                                            const ForecastingTask& task,
                                            std::span<const double> forecasts) {
  const std::vector<std::size_t>& windows = task.split.test;
  const std::vector<ColumnScale> scales =
      target_scales(task.frame, task.scaling, windows, task.windows.horizon());
  std::vector<double> scaled;
  for (std::size_t i = 0; i < forecasts.size(); ++i)
    scaled.push_back(scales[i].scaled(forecasts[i]));
  const FrameForecasts made{.frame = task.frame,
                            .scaling = task.scaling,
                            .window = task.windows.window(),
                            .windows = windows,
                            .forecasts = scaled};
  const std::vector<double> actual =
      target_values(task.frame, windows, task.windows.window(), task.windows.horizon());
  std::vector<double> levels;
  for (const double level : tested_levels) {
    if (conformal_rank(calibration.windows, level) <= calibration.windows) levels.push_back(level);
  }
  std::vector<ScoredIntervals> tested;
  for (const IntervalMethod method : {IntervalMethod::split, IntervalMethod::rolling}) {
    for (const LevelBounds& bounds : forecast_intervals(method, calibration, levels, made)) {
      tested.push_back(
          score_intervals(interval_method_name(method), bounds, actual, calibration.targets));
    }
  }
  return tested;
}

}  // namespace espalier
