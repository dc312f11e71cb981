#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// How a model is tried on the past (rolling origins: Tashman, "Out-of-sample tests of forecasting
/// accuracy", International Journal of Forecasting 16, 2000).
struct BacktestSettings {
  /// Cutoffs to forecast from: the last ones whose horizon is in the file.
  std::int64_t origins = 5;
  /// Rows from one cutoff to the next; empty optional: the horizon.
  std::optional<std::int64_t> step = {};
  /// Train anew for every cutoff, on the rows up to it; otherwise once, up to the first.
  bool refit = true;
  /// Learn from as many rows at every cutoff as at the first, rather than from all up to it.
  bool sliding = false;
};

/// One training, and the cutoffs that are forecast with it. Rows are counted from 0.
struct Fold {
  /// First row to learn from; the last one is the first cutoff.
  std::size_t first_row = 0;
  /// The last row known to each forecast, ascending.
  std::vector<std::size_t> cutoffs = {};
};

/// The cutoffs in a file of `rows` rows, ascending. Throws UsageError where there aren't as many.
std::vector<std::size_t> backtest_cutoffs(std::size_t rows, std::size_t horizon,
                                          const BacktestSettings& settings);

/// The trainings of a backtest, by their first cutoffs: one per cutoff, or without refit a single
/// one. Throws UsageError where the rows up to the first cutoff are too few to learn from.
std::vector<Fold> plan_folds(std::size_t rows, const DataConfig& config,
                             const BacktestSettings& settings);

/// The rows of a file as they were known at any cutoff: what is missing is filled from rows up to
/// it only.
class RowsByCutoff {
 public:
  /// `raw` as read_raw_frame gives it. Throws Error as complete_frame does.
  RowsByCutoff(Frame raw, DataConfig config);

  /// All rows; under every policy for missing values filled, if at all, from earlier rows.
  const Frame& rows() const { return rows_; }

  /// The first `end` rows. Those up to `cutoff` are filled as the config says, those after it from
  /// earlier rows.
  Frame known_at(std::size_t cutoff, std::size_t end) const;

 private:
  Frame raw_;
  DataConfig config_;
  Frame rows_;
};

/// What a fold trains on and forecasts: rows up to its first cutoff are shared out to training and
/// validation as the config's "split" has them to each other, the windows that end at its cutoffs
/// are scored.
ForecastingTask fold_task(const RowsByCutoff& rows, const DataConfig& config, const Fold& fold);

}  // namespace espalier
