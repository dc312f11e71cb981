#include "apps/conformal/conformal_intervals.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/conformal/rolling_conformal.h"
#include "apps/conformal/split_conformal.h"
#include "apps/data/cell_text.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

constexpr const char* split_name = "split";
constexpr const char* rolling_name = "rolling";

LevelBounds split_bounds(const Calibration& calibration, double level,
                         std::span<const double> forecasts) {
  const std::vector<double> reach = split_half_widths(calibration, level);
  LevelBounds bounds{.level = level};
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    bounds.lower.push_back(forecasts[i] - reach[i % reach.size()]);
    bounds.upper.push_back(forecasts[i] + reach[i % reach.size()]);
  }
  return bounds;
}

std::vector<LevelBounds> rolling_bounds(const Calibration& calibration,
                                        std::span<const double> levels, const ForecastRun& run) {
  const std::size_t outputs = calibration.outputs();
  const std::size_t windows = run.forecasts.size() / outputs;
  RollingConformal rolling(calibration, levels);
  std::vector<double> lower(levels.size() * outputs), upper(lower.size());
  std::vector<LevelBounds> bounds;
  for (const double level : levels) bounds.push_back({.level = level});
  for (std::size_t window = 0; window < windows; ++window) {
    if (window > 0) rolling.learn(run.truths.first(window * outputs));
    rolling.forecast(run.forecasts.subspan(window * outputs, outputs), lower, upper);
    for (std::size_t level = 0; level < levels.size(); ++level) {
      const auto part = [&](const std::vector<double>& all) {
        return std::span(all).subspan(level * outputs, outputs);
      };
      LevelBounds& made = bounds[level];
      made.lower.insert(made.lower.end(), part(lower).begin(), part(lower).end());
      made.upper.insert(made.upper.end(), part(upper).begin(), part(upper).end());
    }
  }
  return bounds;
}

}  // namespace

const char* interval_method_name(IntervalMethod method) {
  return method == IntervalMethod::split ? split_name : rolling_name;
}

IntervalMethod interval_method_named(const std::string& name) {
  if (name == split_name) return IntervalMethod::split;
  if (name == rolling_name) return IntervalMethod::rolling;
  throw UsageError(fmt::format("no intervals are named \"{}\": expected split or rolling", name));
}

std::vector<LevelBounds> conformal_bounds(IntervalMethod method, const Calibration& calibration,
                                          std::span<const double> levels, const ForecastRun& run) {
  const std::size_t windows = run.forecasts.size() / calibration.outputs();
  if (windows * calibration.outputs() != run.forecasts.size() ||
      run.truths.size() != run.forecasts.size()) {
    throw Error(fmt::format("[conformal] {} forecasts and {} truths for windows of {} steps",
                            run.forecasts.size(), run.truths.size(), calibration.horizon));
  }
  if (method == IntervalMethod::rolling) return rolling_bounds(calibration, levels, run);
  std::vector<LevelBounds> bounds;
  for (const double level : levels) {
    bounds.push_back(split_bounds(calibration, level, run.forecasts));
  }
  return bounds;
}

std::vector<double> interval_levels(const std::string& option, std::span<const double> percents,
                                    std::size_t windows) {
  std::vector<double> levels;
  for (const double percent : percents) {
    if (!(percent > 0 && percent < 100)) {
      throw UsageError(fmt::format(
          "{} names {:g}: expected per cents above 0 and below 100, as 80,95", option, percent));
    }
    if (std::ranges::find(levels, percent / 100) != levels.end()) {
      throw UsageError(fmt::format("{} names {:g} twice", option, percent));
    }
    levels.push_back(percent / 100);
    if (conformal_rank(windows, levels.back()) <= windows) continue;
    throw UsageError(
        fmt::format("{} names {:g}, but the run's {} allow {:.4g} at the finest: ask for less, or "
                    "train with a larger validation share in \"split\"",
                    option, percent, counted(windows, "validation window"),
                    // Rounded down, so that what is named is allowed.
                    std::floor(1e4 * finest_level(windows)) / 100));
  }
  return levels;
}

}  // namespace espalier
