#include "apps/training/forecasting_task.h"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/baselines/linear.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/split.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Told before training rather than when the seasonal naive baseline is scored.
void check_season(const DataConfig& config, const Frame& frame, const WindowSplit& split) {
  if (!config.season) return;
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, split.test);
  std::size_t before = frame.rows();
  for (std::size_t w = 0; w < places.size(); ++w) {
    before = std::min(before, split.test[w] - all[places[w]].begin);
  }
  const std::int64_t known = static_cast<std::int64_t>(before) + config.window;
  if (*config.season <= known) return;
  throw UsageError(fmt::format(
      "{}: \"season\" is {} rows, but only {} come before the first scored one; shorten it or "
      "leave it out",
      config.path, *config.season, known));
}

/// The linear baseline is always scored: better told now than after hours of training.
void check_linear_baseline(const DataConfig& config, const Frame& frame) {
  const std::size_t inputs = static_cast<std::size_t>(config.window) * frame.features.size();
  if (inputs <= most_linear_inputs) return;
  throw UsageError(fmt::format(
      "{}: a window of {} rows of {} features makes {} inputs, at most {} are possible (the linear "
      "baseline has to be fitted to them): shorten \"window\" or name fewer \"features\"",
      config.path, config.window, frame.features.size(), inputs, most_linear_inputs));
}

/// A target that first moves after the training rows has taught a model nothing by then.
void check_training_targets(const Frame& frame, std::span<const std::size_t> train_rows) {
  const std::vector<Series> all = frame.all_series();
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    std::size_t rows = 0;
    bool moves = false;
    for (std::size_t s = 0; s < all.size() && !moves; ++s) {
      const auto target = std::span(frame.target_column(k)).subspan(all[s].begin, train_rows[s]);
      moves = std::ranges::adjacent_find(target, std::ranges::not_equal_to()) != target.end();
      rows += target.size();
    }
    if (moves) continue;
    throw Error(fmt::format(
        "{}: the target {} is {} in all {} training rows: there is nothing to learn; train on more "
        "rows, by a larger first share of \"split\" or, in a backtest, later cutoffs",
        frame.path, in_quotes(frame.target_name(k)),
        all.size() == 1 ? fmt::to_string(frame.target_column(k).front()) : "constant", rows));
  }
}

/// Notes which series have no window, neither to learn from nor to be scored.
void note_short_series(const DataConfig& config, Frame& frame) {
  const auto window = static_cast<std::size_t>(config.window);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  std::size_t count = 0;
  std::string first;
  for (const Series& series : frame.series) {
    if (count_windows(series.known_rows(), window, horizon) > 0) continue;
    if (++count == 1) first = series.id;
  }
  if (count == 0) return;
  frame.notes.push_back(
      fmt::format("{} of {} series have fewer than {} and teach the model nothing (the first: {})",
                  count, frame.series.size(), counted(window + horizon, "row"), in_quotes(first)));
}

}  // namespace

ForecastingTask make_task(const DataConfig& config, Frame frame, WindowSplit split) {
  check_season(config, frame, split);
  check_linear_baseline(config, frame);
  check_training_targets(frame, split.train_rows);
  Scaling scaling = fit_scaling(frame, config.scale, split.train_rows);
  Scaling standard = fit_scaling(frame, "standard", split.train_rows);
  Windows windows(frame, scaling, static_cast<std::size_t>(config.window),
                  static_cast<std::size_t>(config.horizon));
  return {.frame = std::move(frame),
          .split = std::move(split),
          .scaling = std::move(scaling),
          .standard = std::move(standard),
          .windows = std::move(windows)};
}

ForecastingTask make_task(const DataConfig& config, Protocol protocol, Frame frame) {
  note_short_series(config, frame);
  WindowSplit split =
      split_windows(frame, static_cast<std::size_t>(config.window),
                    static_cast<std::size_t>(config.horizon), config.split, protocol);
  return make_task(config, std::move(frame), std::move(split));
}

ForecastingTask load_task(const DataConfig& config, Protocol protocol) {
  return make_task(config, protocol, read_frame(config, protocol));
}

}  // namespace espalier
