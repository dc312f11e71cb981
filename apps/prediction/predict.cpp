#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
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
  // Of the series with the fewest.
  std::size_t own = made.windows.size();
  const std::vector<std::size_t> places = series_of_windows(made.frame, made.windows);
  for (std::size_t first = 0, w = 1; w <= places.size(); ++w) {
    if (w < places.size() && places[w] == places[first]) continue;
    own = std::min(own, w - first - 1);
    first = w;
  }
  if (request.intervals == IntervalMethod::rolling && own < rolling_residuals) {
    notes.push_back(fmt::format(
        "rolling intervals of the last forecast{} have learnt from {} of {}; the rest is the run's "
        "validation windows",
        made.frame.has_series_column() ? " of a series" : "", counted(own, "earlier forecast"),
        made.frame.path));
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

/// Series too short to be forecast, in one sentence; empty: there are none.
std::string series_left_out(const Frame& frame, const Windows& windows) {
  std::size_t count = 0;
  std::string first;
  for (const Series& series : frame.all_series()) {
    if (series.known_rows() >= windows.window()) continue;
    if (++count == 1) first = series.id;
  }
  if (count == 0) return "";
  return fmt::format("{} of {} series have fewer than {} and are left out (the first: {})", count,
                     frame.series.size(), counted(windows.window(), "row"), in_quotes(first));
}

/// What the forecasts of a file come to.
struct Forecasts {
  const RunOnFile& run;
  const Windows& windows;
  std::vector<std::size_t> origins;
  WindowForecasts made = {};
  /// One for each value made.
  std::vector<ColumnScale> scales = {};
  std::vector<LevelBounds> intervals = {};
  std::vector<QuantileColumn> quantiles = {};

  bool random() const { return made.samples > 1 && quantiles.empty(); }
};

/// The `output`-th value that is forecast from the `w`-th origin.
PredictedValue predicted_value(const Forecasts& forecasts, std::size_t w, std::size_t output) {
  const Frame& frame = forecasts.run.frame;
  const std::vector<DescribedColumn>& targets = forecasts.run.loaded.trained.targets;
  const std::size_t next = forecasts.origins[w] + forecasts.windows.window();
  const std::size_t step = output / targets.size();
  const std::size_t at = w * forecasts.windows.outputs() + output;
  const ColumnScale& scale = forecasts.scales[at];
  PredictedValue value{.series = series_of_row(frame, forecasts.origins[w]).id,
                       .ds = frame.time_texts[next + step],
                       .cutoff = frame.time_texts[next - 1],
                       .step = step + 1,
                       .target = targets[output % targets.size()].name,
                       .y_hat = scale.restored(forecasts.made.mean[at])};
  if (forecasts.random()) {
    append_random_spread(value.y_hat, forecasts.made.deviation[at] * scale.deviation, value.spread);
    // What is asked for takes the place of the interval that comes by itself.
    if (!forecasts.intervals.empty()) value.spread.resize(1);
  }
  for (const LevelBounds& bounds : forecasts.intervals) {
    value.spread.insert(value.spread.end(), {bounds.lower[at], bounds.upper[at]});
  }
  for (const QuantileColumn& column : forecasts.quantiles) {
    value.spread.push_back(scale.restored(forecasts.made.quantiles[column.quantile][at]));
  }
  return value;
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
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, {}", frame.path,
                            counted(windows.window(), "row"), known_rows_text(frame)));
  }
  const bool learns = !request.levels.empty() && request.intervals == IntervalMethod::rolling;
  // Rolling intervals learn from every forecast before.
  Forecasts forecasts{
      .run = run,
      .windows = windows,
      .origins = request.rolling || learns ? windows.indices() : windows.last_indices()};
  const std::vector<std::size_t>& origins = forecasts.origins;
  forecasts.made =
      forecast_windows(*trained.model, run.loaded.regularizers, windows, origins, request.threads);
  forecasts.scales = target_scales(frame, run.scaling, origins, windows.horizon());
  forecasts.quantiles = quantile_columns(trained.shape.quantiles);

  Prediction prediction{
      .columns = {.series = frame.series_column,
                  .spread = spread_columns(request, forecasts.quantiles, forecasts.random())},
      .notes = frame.notes};
  const std::string left_out = series_left_out(frame, windows);
  if (!left_out.empty()) prediction.notes.push_back(left_out);
  if (!request.levels.empty()) {
    const Calibration calibration =
        load_calibration(request.run, windows.horizon(), windows.targets());
    forecasts.intervals = asked_intervals(request,
                                          {.frame = frame,
                                           .scaling = run.scaling,
                                           .window = windows.window(),
                                           .windows = origins,
                                           .forecasts = forecasts.made.mean},
                                          calibration, prediction.notes);
  }
  const std::vector<std::size_t> places = series_of_windows(frame, origins);
  for (std::size_t w = 0; w < origins.size(); ++w) {
    const bool last_of_series = w + 1 == origins.size() || places[w + 1] != places[w];
    if (!request.rolling && !last_of_series) continue;
    for (std::size_t output = 0; output < horizon * trained.targets.size(); ++output) {
      prediction.values.push_back(predicted_value(forecasts, w, output));
    }
  }
  return prediction;
}

}  // namespace espalier
