#include "apps/evaluation/own_intervals.h"

#include "apps/metrics/intervals.h"
#include "apps/metrics/quantiles.h"

namespace espalier {

std::vector<ScoredIntervals> score_own_intervals(const WindowForecasts& forecasts,
                                                 std::span<const double> levels,
                                                 std::span<const ColumnScale> scales,
                                                 std::span<const double> actual,
                                                 std::size_t targets) {
  std::vector<ScoredIntervals> scored;
  for (const CentralInterval& interval : central_intervals(levels)) {
    LevelBounds bounds{.level = interval.level};
    for (std::size_t i = 0; i < scales.size(); ++i) {
      bounds.lower.push_back(scales[i].restored(forecasts.quantiles[interval.lower][i]));
      bounds.upper.push_back(scales[i].restored(forecasts.quantiles[interval.upper][i]));
    }
    scored.push_back(score_intervals("quantiles", bounds, actual, targets));
  }
  if (!levels.empty() || forecasts.samples == 1) return scored;
  LevelBounds bounds{.level = interval_level};
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const double mean = scales[i].restored(forecasts.mean[i]);
    const double half_width = interval_deviations * forecasts.deviation[i] * scales[i].deviation;
    bounds.lower.push_back(mean - half_width);
    bounds.upper.push_back(mean + half_width);
  }
  return {score_intervals("spread", bounds, actual, targets)};
}

}  // namespace espalier
