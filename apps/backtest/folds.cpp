#include "apps/backtest/folds.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/data/gaps.h"
#include "apps/data/missing.h"
#include "apps/data/split.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// The same policy without a look ahead.
DataConfig filled_forward(DataConfig config) {
  if (config.missing == "interpolate") config.missing = "ffill";
  return config;
}

WindowSplit fold_split(const DataConfig& config, const Fold& fold) {
  const auto window = static_cast<std::size_t>(config.window);
  const std::size_t known = fold.cutoffs.front() + 1 - fold.first_row;
  WindowSplit split =
      split_known_rows(known, window, static_cast<std::size_t>(config.horizon), config.split, {});
  for (const std::size_t cutoff : fold.cutoffs) {
    split.test.push_back(cutoff + 1 - window - fold.first_row);
  }
  return split;
}

}  // namespace

std::vector<std::size_t> backtest_cutoffs(std::size_t rows, std::size_t horizon,
                                          const BacktestSettings& settings) {
  const auto origins = static_cast<std::size_t>(settings.origins);
  const std::size_t step = settings.step ? static_cast<std::size_t>(*settings.step) : horizon;
  if (settings.origins < 1 || step < 1)
    throw Error("[backtest] origins and step must be 1 or more");
  // Behind the first cutoff lie its horizon and the steps to the last one.
  const bool enough = rows > horizon && (origins - 1) <= (rows - horizon - 1) / step;
  if (!enough) {
    throw UsageError(fmt::format(
        "{}, {} apart, with {} to forecast behind the last one don't fit in {}: lower --origins or "
        "--step",
        counted(origins, "cutoff"), counted(step, "row"), counted(horizon, "row"),
        counted(rows, "row")));
  }
  std::vector<std::size_t> cutoffs;
  for (std::size_t i = 0; i < origins; ++i) {
    cutoffs.push_back(rows - 1 - horizon - (origins - 1 - i) * step);
  }
  return cutoffs;
}

std::vector<Fold> plan_folds(std::size_t rows, const DataConfig& config,
                             const BacktestSettings& settings) {
  const std::vector<std::size_t> cutoffs =
      backtest_cutoffs(rows, static_cast<std::size_t>(config.horizon), settings);
  std::vector<Fold> folds;
  if (!settings.refit) {
    folds.push_back({.first_row = 0, .cutoffs = cutoffs});
  } else {
    for (const std::size_t cutoff : cutoffs) {
      folds.push_back(
          {.first_row = settings.sliding ? cutoff - cutoffs.front() : 0, .cutoffs = {cutoff}});
    }
  }
  try {
    fold_split(config, folds.front());
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("up to the first of {} {}; lower --origins or --step",
                                 counted(cutoffs.size(), "cutoff"), error.what()));
  }
  return folds;
}

RowsByCutoff::RowsByCutoff(Frame raw, DataConfig config)
    : raw_(std::move(raw)),
      config_(std::move(config)),
      rows_(complete_frame(raw_, filled_forward(config_))) {
  if (config_.missing != "interpolate") return;
  rows_.notes.push_back(
      "interpolation looks ahead: up to a cutoff it fills between rows known by then, after it the "
      "last value known stands in");
}

Frame RowsByCutoff::known_at(std::size_t cutoff, std::size_t end) const {
  Frame frame = row_range(rows_, 0, end);
  if (config_.missing != "interpolate") return frame;
  const auto last = std::ranges::find(raw_.lines, rows_.lines.at(cutoff));
  Frame known = row_range(raw_, 0, static_cast<std::size_t>(last - raw_.lines.begin()) + 1);
  apply_gap_policy(known, config_.gaps);
  apply_missing_policy(known, config_.missing);
  if (known.rows() != cutoff + 1) {
    throw Error(fmt::format("[backtest] {} rows are known at the cutoff {}", known.rows(), cutoff));
  }
  // What is made of the time stands behind them.
  for (std::size_t c = 0; c < known.columns.size(); ++c) {
    std::ranges::copy(known.columns[c], frame.columns[c].begin());
  }
  return frame;
}

ForecastingTask fold_task(const RowsByCutoff& rows, const DataConfig& config, const Fold& fold) {
  const std::size_t end = fold.cutoffs.back() + static_cast<std::size_t>(config.horizon) + 1;
  Frame frame = row_range(rows.known_at(fold.cutoffs.front(), end), fold.first_row, end);
  return make_task(config, std::move(frame), fold_split(config, fold));
}

}  // namespace espalier
