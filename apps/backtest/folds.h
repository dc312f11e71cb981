#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "apps/backtest/rows_by_cutoff.h"
#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// How a model is tried on the past (rolling origins: Tashman, "Out-of-sample tests of forecasting
/// accuracy", International Journal of Forecasting 16, 2000).
struct BacktestSettings {
  /// Cutoffs to forecast from: the last ones whose horizon is in the file.
  std::int64_t origins = 5;
  /// Moments from one cutoff to the next; empty optional: the horizon.
  std::optional<std::int64_t> step = {};
  /// Train anew for every cutoff, on the rows up to it; otherwise once, up to the first.
  bool refit = true;
  /// Learn from as many rows at every cutoff as at the first, rather than from all up to it.
  bool sliding = false;
};

/// One training, and the cutoffs that are forecast with it. Both are moments, see RowsByCutoff.
struct Fold {
  /// The first one to learn from; the last one is the first cutoff.
  std::size_t first = 0;
  /// The last one known to each forecast, ascending.
  std::vector<std::size_t> cutoffs = {};
};

/// The cutoffs among so many moments, ascending. Throws UsageError where there aren't as many.
std::vector<std::size_t> backtest_cutoffs(std::size_t moments, std::size_t horizon,
                                          const BacktestSettings& settings);

/// The trainings of a backtest, by their first cutoffs: one per cutoff, or without refit a single
/// one. Throws UsageError where the rows up to a cutoff are too few to learn from, or where no
/// series can be forecast from it.
std::vector<Fold> plan_folds(const RowsByCutoff& rows, const DataConfig& config,
                             const BacktestSettings& settings);

/// What a fold trains on and forecasts. Rows up to its first cutoff are shared out to training and
/// validation as the config's "split" has them to each other, of every series by itself; series
/// that have none by then are left out. The windows that end at one of its cutoffs are scored.
ForecastingTask fold_task(const RowsByCutoff& rows, const DataConfig& config, const Fold& fold);

}  // namespace espalier
