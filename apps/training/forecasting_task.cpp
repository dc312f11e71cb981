#include "apps/training/forecasting_task.h"

#include <utility>

namespace espalier {

ForecastingTask load_task(const DataConfig& config, Protocol protocol) {
  const auto window = static_cast<std::size_t>(config.window);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  Frame frame = read_frame(config, protocol);
  WindowSplit split = split_windows(frame.rows(), window, horizon, config.split, protocol);
  Scaling scaling = fit_scaling(frame, config.scale, split.train_rows);
  Windows windows(frame, scaling, window, horizon);
  return {std::move(frame), std::move(split), std::move(scaling), std::move(windows)};
}

}  // namespace espalier
