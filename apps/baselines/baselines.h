#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "apps/data/split.h"

namespace espalier {

/// What a model must beat to be worth having.
struct Baseline {
  std::string name;
  /// In file units, laid out [window][step][target].
  std::vector<double> forecasts;
};

/// The last value of each target known before the forecast, for every step.
std::vector<double> persistence_forecasts(const Frame& frame, std::span<const std::size_t> windows,
                                          std::size_t window, std::size_t horizon);

/// Each target as many whole seasons of `season` rows before the forecast row as it takes to be
/// known. Throws Error where that lies before the first row.
std::vector<double> seasonal_naive_forecasts(const Frame& frame,
                                             std::span<const std::size_t> windows,
                                             std::size_t window, std::size_t horizon,
                                             std::size_t season);

/// Whether the baseline of that name takes no training: any but "linear".
bool is_naive(const std::string& name);

/// Of those that forecast_baselines makes.
std::vector<std::string> baseline_names(const DataConfig& config);

/// "persistence", "seasonal_naive" (if `config.season` is given) and "linear" (see linear.h), each
/// for every window of `windows`. `linear` is fitted to `split.train`.
std::vector<Baseline> forecast_baselines(const Frame& frame, const DataConfig& config,
                                         const WindowSplit& split,
                                         std::span<const std::size_t> windows);

}  // namespace espalier
