#include "apps/baselines/baselines.h"

#include <utility>

#include <fmt/format.h>

#include "apps/baselines/linear.h"
#include "apps/config/text.h"
#include "apps/data/scaler.h"
#include "core/error.h"

namespace espalier {

namespace {

constexpr const char* trained_baseline = "linear";
constexpr const char* persistence = "persistence";
constexpr const char* seasonal_naive = "seasonal_naive";

}  // namespace

std::vector<double> persistence_forecasts(const Frame& frame, std::span<const std::size_t> windows,
                                          std::size_t window, std::size_t horizon) {
  std::vector<double> forecasts;
  forecasts.reserve(windows.size() * horizon * frame.targets.size());
  for (const std::size_t index : windows) {
    for (std::size_t step = 0; step < horizon; ++step) {
      for (const std::size_t target : frame.targets) {
        forecasts.push_back(frame.columns[target].at(index + window - 1));
      }
    }
  }
  return forecasts;
}

std::vector<double> seasonal_naive_forecasts(const Frame& frame,
                                             std::span<const std::size_t> windows,
                                             std::size_t window, std::size_t horizon,
                                             std::size_t season) {
  if (season == 0) throw Error("\"season\" must be 1 row or more");
  std::vector<double> forecasts;
  forecasts.reserve(windows.size() * horizon * frame.targets.size());
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, windows);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const std::size_t unknown = windows[w] + window;
    const std::size_t begin = all[places[w]].begin;
    for (std::size_t step = 0; step < horizon; ++step) {
      const std::size_t back = (step / season + 1) * season;
      if (begin + back > unknown + step) {
        throw Error(fmt::format(
            "\"season\" is {} rows, but only {} come before the first forecast{}; "
            "shorten it or leave it out",
            season, unknown - begin,
            frame.has_series_column() ? " of series " + in_quotes(all[places[w]].id) : ""));
      }
      for (const std::size_t target : frame.targets) {
        forecasts.push_back(frame.columns[target].at(unknown + step - back));
      }
    }
  }
  return forecasts;
}

bool is_naive(const std::string& name) {
  return name != trained_baseline;
}

std::vector<std::string> baseline_names(const DataConfig& config) {
  if (!config.season) return {persistence, trained_baseline};
  return {persistence, seasonal_naive, trained_baseline};
}

std::vector<Baseline> forecast_baselines(const Frame& frame, const DataConfig& config,
                                         const WindowSplit& split,
                                         std::span<const std::size_t> windows) {
  const auto window = static_cast<std::size_t>(config.window);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  std::vector<Baseline> baselines;
  baselines.push_back({persistence, persistence_forecasts(frame, windows, window, horizon)});
  if (config.season) {
    const auto season = static_cast<std::size_t>(*config.season);
    baselines.push_back(
        {seasonal_naive, seasonal_naive_forecasts(frame, windows, window, horizon, season)});
  }
  // Always standardised, so that the penalty means the same whatever "scale" says.
  const Scaling scaling = fit_scaling(frame, "standard", split.train_rows);
  const LinearForecaster linear(frame, scaling, split.train, window, horizon);
  baselines.push_back({trained_baseline, linear.forecast(windows)});
  return baselines;
}

}  // namespace espalier
