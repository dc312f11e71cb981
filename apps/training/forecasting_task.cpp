#include "apps/training/forecasting_task.h"

#include <utility>

#include <fmt/format.h>

#include "apps/usage_error.h"

namespace espalier {

namespace {

/// Told before training rather than when the seasonal naive baseline is scored.
void check_season(const DataConfig& config, const WindowSplit& split) {
  if (!config.season) return;
  const auto known = static_cast<std::int64_t>(split.test.front()) + config.window;
  if (*config.season <= known) return;
  throw UsageError(fmt::format(
      "{}: \"season\" is {} rows, but only {} come before the first scored one; shorten it or "
      "leave it out",
      config.path, *config.season, known));
}

}  // namespace

ForecastingTask load_task(const DataConfig& config, Protocol protocol) {
  const auto window = static_cast<std::size_t>(config.window);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  Frame frame = read_frame(config, protocol);
  WindowSplit split = split_windows(frame.rows(), window, horizon, config.split, protocol);
  check_season(config, split);
  Scaling scaling = fit_scaling(frame, config.scale, split.train_rows);
  Windows windows(frame, scaling, window, horizon);
  return {std::move(frame), std::move(split), std::move(scaling), std::move(windows)};
}

}  // namespace espalier
