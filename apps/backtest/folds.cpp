#include "apps/backtest/folds.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/data/frame_rows.h"
#include "apps/data/split.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// The rows that a fold has to do with.
struct FoldRows {
  /// Of RowsByCutoff::rows().
  std::vector<bool> kept;
  /// Among those kept; what is known at the first cutoff ends with Series::known_end.
  std::vector<Series> series = {};
  /// Of those kept.
  std::vector<std::size_t> moments = {};
};

/// From the fold's first moment to the horizon after its last one.
FoldRows fold_rows(const RowsByCutoff& rows, const Fold& fold, std::size_t horizon) {
  FoldRows part{.kept = std::vector<bool>(rows.rows().rows(), false)};
  for (const Series& series : rows.rows().all_series()) {
    std::size_t row = series.begin;
    while (row < series.end && rows.moment(row) < fold.first) ++row;
    if (row == series.end || rows.moment(row) > fold.cutoffs.front()) continue;
    const std::size_t begin = part.moments.size();
    std::size_t known_end = begin;
    std::size_t after = 0;
    for (; row < series.end; ++row) {
      const std::size_t moment = rows.moment(row);
      if (moment > fold.cutoffs.back() && ++after > horizon) break;
      part.kept[row] = true;
      part.moments.push_back(moment);
      if (moment <= fold.cutoffs.front()) ++known_end;
    }
    part.series.push_back(
        {.id = series.id, .begin = begin, .end = part.moments.size(), .known_end = known_end});
  }
  return part;
}

WindowSplit learnt_split(const FoldRows& rows, const DataConfig& config) {
  return split_known_rows(rows.series, static_cast<std::size_t>(config.window),
                          static_cast<std::size_t>(config.horizon), config.split);
}

/// Scores the windows that end at the moment, of series that have something to be scaled by.
void score_from(std::size_t moment, const FoldRows& rows, std::size_t window, std::size_t horizon,
                WindowSplit& split) {
  for (std::size_t s = 0; s < rows.series.size(); ++s) {
    const Series& series = rows.series[s];
    const auto begin = rows.moments.begin() + static_cast<std::ptrdiff_t>(series.begin);
    const auto end = rows.moments.begin() + static_cast<std::ptrdiff_t>(series.end);
    const auto last = std::lower_bound(begin, end, moment);
    if (last == end || *last != moment || split.train_rows[s] == 0) continue;
    const auto known = static_cast<std::size_t>(last - begin) + 1;
    const auto after = static_cast<std::size_t>(end - last) - 1;
    if (known >= window && after >= horizon) split.test.push_back(series.begin + known - window);
  }
}

WindowSplit fold_split(const RowsByCutoff& all, const FoldRows& rows, const DataConfig& config,
                       const Fold& fold) {
  const auto window = static_cast<std::size_t>(config.window);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  WindowSplit split = learnt_split(rows, config);
  for (const std::size_t cutoff : fold.cutoffs) {
    const std::size_t before = split.test.size();
    score_from(cutoff, rows, window, horizon, split);
    if (split.test.size() > before) continue;
    throw UsageError(fmt::format(
        "at {} no series has a row with {} up to it and {} after it: lower --origins, or choose "
        "another --step",
        all.text(cutoff), counted(window, "row"), counted(horizon, "row")));
  }
  std::ranges::sort(split.test);
  return split;
}

/// What makes room for cutoffs, or for rows to learn from before them; `shorten` names settings
/// that could be less.
std::string room_for(std::size_t origins, std::size_t step, const char* shorten) {
  if (origins == 1) return fmt::format("shorten {}", shorten);
  return fmt::format("lower --origins{}, or shorten {}", step > 1 ? " or --step" : "", shorten);
}

std::size_t step_between(const BacktestSettings& settings, std::size_t horizon) {
  return settings.step ? static_cast<std::size_t>(*settings.step) : horizon;
}

}  // namespace

std::vector<std::size_t> backtest_cutoffs(std::size_t moments, std::size_t horizon,
                                          const BacktestSettings& settings) {
  const auto origins = static_cast<std::size_t>(settings.origins);
  const std::size_t step = step_between(settings, horizon);
  if (settings.origins < 1 || step < 1)
    throw Error("[backtest] origins and step must be 1 or more");
  // Behind the first cutoff lie its horizon and the steps to the last one.
  const bool enough = moments > horizon && (origins - 1) <= (moments - horizon - 1) / step;
  if (!enough) {
    throw UsageError(
        fmt::format("{}, {} apart, with {} to forecast after the last one don't fit in {}: {}",
                    counted(origins, "cutoff"), counted(step, "row"), counted(horizon, "row"),
                    counted(moments, "row"), room_for(origins, step, "\"horizon\"")));
  }
  std::vector<std::size_t> cutoffs;
  for (std::size_t i = 0; i < origins; ++i) {
    cutoffs.push_back(moments - 1 - horizon - (origins - 1 - i) * step);
  }
  return cutoffs;
}

std::vector<Fold> plan_folds(const RowsByCutoff& rows, const DataConfig& config,
                             const BacktestSettings& settings) {
  const auto horizon = static_cast<std::size_t>(config.horizon);
  const std::vector<std::size_t> cutoffs = backtest_cutoffs(rows.moments(), horizon, settings);
  std::vector<Fold> folds;
  if (!settings.refit) {
    folds.push_back({.first = 0, .cutoffs = cutoffs});
  } else {
    for (const std::size_t cutoff : cutoffs) {
      folds.push_back(
          {.first = settings.sliding ? cutoff - cutoffs.front() : 0, .cutoffs = {cutoff}});
    }
  }
  try {
    learnt_split(fold_rows(rows, folds.front(), horizon), config);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format(
        "up to the first of {} {}; {}", counted(cutoffs.size(), "cutoff"), error.what(),
        room_for(cutoffs.size(), step_between(settings, horizon), "\"window\" or \"horizon\"")));
  }
  for (const Fold& fold : folds) fold_split(rows, fold_rows(rows, fold, horizon), config, fold);
  return folds;
}

ForecastingTask fold_task(const RowsByCutoff& rows, const DataConfig& config, const Fold& fold) {
  const FoldRows part = fold_rows(rows, fold, static_cast<std::size_t>(config.horizon));
  Frame frame = rows.known_at(fold.cutoffs.front());
  keep_rows(frame, part.kept);
  return make_task(config, std::move(frame), fold_split(rows, part, config, fold));
}

}  // namespace espalier
