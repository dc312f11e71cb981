#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/windows.h"
#include "apps/prediction/prediction.h"
#include "apps/run/exported_model.h"
#include "apps/run/run_directory.h"
#include "apps/training/forecaster.h"
#include "apps/training/learner.h"
#include "apps/usage_error.h"
#include "core/error.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

void check_input(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return;
  throw UsageError(
      fmt::format("--input {}: there is no such file; name a CSV file with the columns "
                  "that the model reads",
                  path.empty() ? "\"\"" : on_one_line(path)));
}

/// The run's config, with the file to forecast from in place of its data and all columns named.
Config config_for(const PredictionRequest& request, const TrainedModel& trained) {
  // The weights are known, so it doesn't matter whether the files it was made from are still there.
  using nlohmann::json;
  const std::vector<std::string> overrides{
      "train.init_from=null", "data.rows=null",
      "data.path=" + json(request.input).dump(-1, ' ', false, json::error_handler_t::replace)};
  Config config =
      read_config(request.run + "/config.resolved.json", overrides, registered_components());
  // What is made of the time stands at the end, a sine and a cosine each.
  const std::size_t columns = trained.features.size() - 2 * config.data.calendar.size();
  config.data.features = std::vector<std::string>();
  for (std::size_t f = 0; f < columns; ++f) {
    config.data.features->push_back(trained.features[f].name);
  }
  return config;
}

/// The targets' scales of a series that training didn't see.
std::vector<ColumnScale> own_scales(const Frame& frame, const Series& series) {
  std::vector<ColumnScale> scales;
  for (const std::size_t target : frame.targets) {
    scales.push_back(standard_scale(
        std::span(frame.columns[target]).subspan(series.begin, series.known_rows())));
  }
  return scales;
}

SeriesScaling shared_scales(const TrainedModel& trained) {
  SeriesScaling scales;
  for (const DescribedColumn& feature : trained.features) scales.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scales.targets.push_back(target.scale);
  return scales;
}

/// As in training; series that are new are scaled by their own rows, unless `scaled` is false.
Scaling scaling_of(const TrainedModel& trained, const Frame& frame, bool scaled,
                   std::vector<std::string>& notes) {
  const SeriesScaling shared = shared_scales(trained);
  if (!frame.has_series_column()) return {.series = {shared}};
  Scaling scaling{.series = {frame.series.size(), shared}};
  std::vector<std::string> strangers;
  for (std::size_t s = 0; s < frame.series.size(); ++s) {
    SeriesScaling& scales = scaling.series[s];
    const auto known = trained.series.find(frame.series[s].id);
    if (known != trained.series.end()) {
      scales.targets = known->second;
    } else {
      strangers.push_back(frame.series[s].id);
      if (scaled) scales.targets = own_scales(frame, frame.series[s]);
    }
    for (std::size_t f = 0; f < frame.features.size(); ++f) {
      const auto target = std::ranges::find(frame.targets, frame.features[f]);
      if (target == frame.targets.end()) continue;
      scales.features[f] = scales.targets[static_cast<std::size_t>(target - frame.targets.begin())];
    }
  }
  if (!strangers.empty()) {
    notes.push_back(fmt::format(
        "{} of {} series are not among those the model was trained on (the first: {}): they are "
        "scaled by their own rows",
        strangers.size(), frame.series.size(), in_quotes(strangers.front())));
  }
  return scaling;
}

std::size_t chosen_horizon(const PredictionRequest& request, const ForecastShape& shape) {
  const std::int64_t horizon = request.horizon.value_or(shape.horizon);
  if (horizon >= 1 && horizon <= shape.horizon) return static_cast<std::size_t>(horizon);
  throw UsageError(fmt::format(
      "--horizon is {}, but the model in {} forecasts {}: expected 1 to {}, or train one with a "
      "longer data.horizon",
      horizon, request.run, counted(static_cast<std::size_t>(shape.horizon), "step"),
      shape.horizon));
}

}  // namespace

Prediction predict(const PredictionRequest& request) {
  const TrainedModel trained = load_run_model(request.run);
  check_input(request.input);
  const std::size_t horizon = chosen_horizon(request, trained.shape);
  const Config config = config_for(request, trained);
  const Frame frame = read_known_rows(config.data, config.protocol);
  Learner learner = make_learner(config, frame);
  load_parameters(request.run + "/model/model.safetensors", learner.model->parameters());
  Prediction prediction{.series_column = frame.series_column, .notes = frame.notes};
  const Scaling scaling = scaling_of(trained, frame, config.data.scale != "none", prediction.notes);
  const Windows windows(frame, scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon), Windows::Targets::unknown);
  if (windows.count() == 0) {
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, the file has {}",
                            frame.path, counted(windows.window(), "row"), frame.rows()));
  }
  const std::vector<std::size_t> origins =
      request.rolling ? windows.indices() : windows.last_indices();
  const WindowForecasts forecasts =
      forecast_windows(*learner.model, learner.regularizers, windows, origins, request.threads);

  const std::size_t targets = trained.targets.size();
  const std::vector<ColumnScale> scales = target_scales(frame, scaling, origins, windows.horizon());
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, origins);
  for (std::size_t w = 0; w < origins.size(); ++w) {
    const std::size_t next = origins[w] + windows.window();
    for (std::size_t i = 0; i < horizon * targets; ++i) {
      const std::size_t at = w * windows.outputs() + i;
      prediction.values.push_back({.series = all[places[w]].id,
                                   .ds = frame.time_texts[next + i / targets],
                                   .cutoff = frame.time_texts[next - 1],
                                   .step = i / targets + 1,
                                   .target = trained.targets[i % targets].name,
                                   .y_hat = scales[at].restored(forecasts.mean[at])});
      if (forecasts.samples > 1) {
        prediction.values.back().deviation = forecasts.deviation[at] * scales[at].deviation;
      }
    }
  }
  return prediction;
}

}  // namespace espalier
