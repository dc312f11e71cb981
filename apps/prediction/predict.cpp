#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/conformal/calibration.h"
#include "apps/conformal/forecast_intervals.h"
#include "apps/conformal/rolling_conformal.h"
#include "apps/data/cell_text.h"
#include "apps/data/windows.h"
#include "apps/metrics/quantiles.h"
#include "apps/prediction/loaded_run.h"
#include "apps/prediction/prediction.h"
#include "apps/prediction/run_on_file.h"
#include "apps/prediction/spread.h"
#include "apps/training/forecaster.h"
#include "core/error.h"

namespace espalier {

namespace {

/// The intervals asked for, of every forecast in `made`; what is to be told goes to `notes`.
std::vector<LevelBounds> asked_intervals(const PredictionRequest& request,
                                         const FrameForecasts& made, const Calibration& calibration,
                                         std::vector<std::string>& notes) {
  const std::vector<double> levels =
      interval_levels("--level", request.levels, calibration.windows);
  const std::size_t own = made.windows.size() - 1;
  if (request.intervals == IntervalMethod::rolling && own < rolling_residuals) {
    notes.push_back(fmt::format(
        "rolling intervals of the last forecast have learnt from {} of {}; the rest is the run's "
        "validation windows",
        counted(own, "earlier forecast"), made.frame.path));
  }
  return forecast_intervals(request.intervals, calibration, levels, made);
}

std::vector<std::string> spread_columns(const PredictionRequest& request,
                                        const std::vector<QuantileColumn>& quantiles, bool random) {
  std::vector<std::string> names;
  if (random) names = random_spread_columns();
  if (random && !request.levels.empty()) names.resize(1);
  for (const double level : request.levels) {
    names.insert(names.end(), {lower_name(level), upper_name(level)});
  }
  for (const QuantileColumn& column : quantiles) names.push_back(column.name);
  return names;
}

}  // namespace

Prediction predict(const PredictionRequest& request) {
  const RunOnFile run = open_run_on(request.run, request.input, Beyond::horizon);
  const TrainedModel& trained = run.loaded.trained;
  const Frame& frame = run.frame;
  const std::size_t horizon = chosen_horizon(run.loaded, request.horizon);
  refuse_levels_of_quantiles(run.loaded, request.levels);
  const Windows windows(frame, run.scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon), Windows::Targets::unknown);
  if (windows.count() == 0) {
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, the file has {}",
                            frame.path, counted(windows.window(), "row"), frame.rows()));
  }
  const bool learns = !request.levels.empty() && request.intervals == IntervalMethod::rolling;
  // Rolling intervals learn from every forecast before.
  const std::vector<std::size_t> origins =
      request.rolling || learns ? windows.indices() : windows.last_indices();
  const WindowForecasts forecasts =
      forecast_windows(*trained.model, run.loaded.regularizers, windows, origins, request.threads);

  const std::vector<QuantileColumn> columns = quantile_columns(trained.shape.quantiles);
  const bool random = forecasts.samples > 1 && columns.empty();
  Prediction prediction{.columns = {.series = frame.series_column,
                                    .spread = spread_columns(request, columns, random)},
                        .notes = frame.notes};
  std::vector<LevelBounds> intervals;
  if (!request.levels.empty()) {
    const Calibration calibration =
        load_calibration(request.run, windows.horizon(), windows.targets());
    intervals = asked_intervals(request,
                                {.frame = frame,
                                 .scaling = run.scaling,
                                 .window = windows.window(),
                                 .windows = origins,
                                 .forecasts = forecasts.mean},
                                calibration, prediction.notes);
  }
  const std::size_t targets = trained.targets.size();
  const std::vector<ColumnScale> scales =
      target_scales(frame, run.scaling, origins, windows.horizon());
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, origins);
  for (std::size_t w = 0; w < origins.size(); ++w) {
    const bool last_of_series = w + 1 == origins.size() || places[w + 1] != places[w];
    if (!request.rolling && !last_of_series) continue;
    const std::size_t next = origins[w] + windows.window();
    for (std::size_t i = 0; i < horizon * targets; ++i) {
      const std::size_t at = w * windows.outputs() + i;
      prediction.values.push_back({.series = all[places[w]].id,
                                   .ds = frame.time_texts[next + i / targets],
                                   .cutoff = frame.time_texts[next - 1],
                                   .step = i / targets + 1,
                                   .target = trained.targets[i % targets].name,
                                   .y_hat = scales[at].restored(forecasts.mean[at])});
      PredictedValue& value = prediction.values.back();
      if (random) {
        append_random_spread(value.y_hat, forecasts.deviation[at] * scales[at].deviation,
                             value.spread);
        // What is asked for takes the place of the interval that comes by itself.
        if (!intervals.empty()) value.spread.resize(1);
      }
      for (const LevelBounds& bounds : intervals) {
        value.spread.insert(value.spread.end(), {bounds.lower[at], bounds.upper[at]});
      }
      for (const QuantileColumn& column : columns) {
        value.spread.push_back(scales[at].restored(forecasts.quantiles[column.quantile][at]));
      }
    }
  }
  return prediction;
}

}  // namespace espalier
