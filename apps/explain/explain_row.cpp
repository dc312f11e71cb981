#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "apps/explain/explained_window.h"
#include "apps/explain/recorded_forecast.h"
#include "apps/run/model_description.h"
#include "apps/run/run_directory.h"
#include "apps/run/trained_model.h"
#include "apps/training/forecaster.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

struct LoadedRun {
  TrainedModel trained;
  Config config;
  ForecastingTask task;
};

LoadedRun load_run(const std::string& run) {
  check_finished_run(run);
  // The weights are known, so it doesn't matter whether the file they began with is still there.
  const std::vector<std::string> overrides{"train.init_from=null"};
  Config config = read_config(run + "/config.resolved.json", overrides, registered_components());
  if (config.train.wants_quantiles()) {
    throw UsageError(
        fmt::format("{} forecasts quantiles, which espalier explain doesn't show: it takes a run "
                    "whose train.loss is \"mse\" or \"mae\"",
                    run));
  }
  check_run_data(run, config.data);
  ForecastingTask task = load_task(config.data, config.protocol);
  TrainedModel trained = load_matching_model(run, config, task);
  return {std::move(trained), std::move(config), std::move(task)};
}

/// The row that `time` names, from 1.
std::int64_t row_at(const std::string& time, const Frame& frame) {
  if (frame.all_series().size() > 1) {
    throw UsageError(
        fmt::format("--time: {} holds {} series, which share times: give --row instead", frame.path,
                    frame.all_series().size()));
  }
  const auto found = std::ranges::find(frame.time_texts, time);
  if (found == frame.time_texts.end()) {
    throw UsageError(fmt::format(
        "--time: no row of {} has the time {}: expected one from {} to {}, "
        "as forecasts.csv writes them",
        frame.path, in_quotes(time), frame.time_texts.front(), frame.time_texts.back()));
  }
  return found - frame.time_texts.begin() + 1;
}

/// Fills in which window it is; returns its index.
std::size_t choose_window(const ExplainRequest& request, const ForecastingTask& task,
                          ExplainedWindow& window) {
  const auto length = static_cast<std::int64_t>(task.windows.window());
  window.first_row = length + 1;
  window.last_row = length + static_cast<std::int64_t>(task.windows.indices().back()) + 1;
  window.row = request.row    ? *request.row
               : request.time ? row_at(*request.time, task.frame)
                              : static_cast<std::int64_t>(task.split.test.back()) + length + 1;
  if (window.row < window.first_row || window.row > window.last_row) {
    throw UsageError(fmt::format(
        "{} is {}, but a window of {} rows that has {} to forecast after it exists for rows {} to "
        "{} only",
        request.time ? "the row at --time" : "--row", window.row, length, task.windows.horizon(),
        window.first_row, window.last_row));
  }
  const auto index = static_cast<std::size_t>(window.row - length - 1);
  if (!task.windows.contains(index)) {
    throw UsageError(fmt::format(
        "--row is {}, but the {} rows before it and the {} from it on don't lie in one series",
        window.row, length, task.windows.horizon()));
  }
  const auto holds = [index](const std::vector<std::size_t>& part) {
    return std::ranges::binary_search(part, index);
  };
  window.part = holds(task.split.test)         ? "scored"
                : holds(task.split.train)      ? "training"
                : holds(task.split.validation) ? "validation"
                                               : "between the parts";
  return index;
}

/// Scaled numbers as `windows` have them, and the file's own.
void read_numbers(const ForecastingTask& task, std::size_t index, ExplainedWindow& window) {
  const Windows& windows = task.windows;
  const Frame& frame = task.frame;
  std::vector<real> x(windows.window() * windows.features());
  std::vector<real> y(windows.outputs());
  windows.gather(std::span(&index, 1), x.data(), y.data());
  window.inputs.scaled.assign(x.begin(), x.end());
  window.truth.scaled.assign(y.begin(), y.end());
  const std::size_t end = index + windows.window();
  window.series = frame.all_series()[series_of_windows(frame, std::span(&index, 1)).front()].id;
  for (std::size_t row = index; row < end; ++row) {
    window.input_times.push_back(frame.time_texts[row]);
    for (std::size_t f = 0; f < frame.features.size(); ++f) {
      window.inputs.own.push_back(frame.columns[frame.features[f]][row + frame.lead(f)]);
    }
  }
  for (std::size_t row = end; row < end + windows.horizon(); ++row) {
    window.forecast_times.push_back(frame.time_texts[row]);
  }
  window.truth.own =
      target_values(frame, std::span(&index, 1), windows.window(), windows.horizon());
  for (const std::size_t feature : frame.features) window.features.push_back(frame.names[feature]);
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    window.targets.push_back(frame.target_name(k));
  }
}

/// Those of a run's regularizers with which one evaluation pass is like another, and where in the
/// config's list each of them stands.
struct SteadyRegularizers {
  Regularizers regularizers;
  std::vector<std::size_t> positions;
};

SteadyRegularizers steady_regularizers(Regularizers all) {
  SteadyRegularizers steady;
  for (std::size_t position = 0; position < all.size(); ++position) {
    if (all[position]->random_in_evaluation()) continue;
    steady.regularizers.push_back(std::move(all[position]));
    steady.positions.push_back(position);
  }
  return steady;
}

/// As they cross to the engine in double.
std::vector<double_precision::RunRegularizer> described(const Config& config,
                                                        const std::vector<std::size_t>& positions) {
  std::vector<double_precision::RunRegularizer> list;
  for (const std::size_t position : positions) {
    const ComponentConfig& component = config.regularizers[position];
    const RegularizerContext context = regularizer_context(config, position);
    list.push_back({.type = component.type,
                    .settings = component.settings.values(),
                    .author_protocol = context.protocol == Protocol::author,
                    .epochs = context.epochs,
                    .key = context.key.value()});
  }
  return list;
}

double_precision::Explanation look_inside(const ExplainRequest& request, const LoadedRun& run,
                                          const std::vector<std::size_t>& regularizers,
                                          const ExplainedWindow& window) {
  const ForecastShape& shape = run.trained.shape;
  try {
    return double_precision::explain_window(
        {.model = run.trained.type,
         .settings = run.trained.settings.values(),
         .regularizers = described(run.config, regularizers),
         .window = shape.window,
         .features = shape.features,
         .horizon = shape.horizon,
         .targets = shape.targets,
         .own_past = shape.own_past,
         .weights_file = request.run + "/model/model.safetensors",
         .loss = run.config.train.loss,
         .inputs = window.inputs.scaled,
         .truth = window.truth.scaled,
         .most_compared = request.most_compared,
         .broken_op = request.broken_op});
  } catch (const double_precision::UnusableOp& error) {
    throw UsageError(fmt::format("--break: {}", error.what()));
  }
}

/// `scales`: one per value.
std::vector<double> restored(const std::vector<double>& scaled,
                             const std::vector<ColumnScale>& scales) {
  std::vector<double> own;
  for (std::size_t i = 0; i < scaled.size(); ++i) own.push_back(scales[i].restored(scaled[i]));
  return own;
}

}  // namespace

ExplainedWindow explain_row(const ExplainRequest& request) {
  const LoadedRun run = load_run(request.run);
  ExplainedWindow window{
      .run = request.run, .model = run.trained.type, .loss = run.config.train.loss};
  const std::size_t index = choose_window(request, run.task, window);
  read_numbers(run.task, index, window);
  // The learner's parameters are what its regularizers refer to.
  Learner learner = make_learner(run.config, run.task.frame);
  window.samples = evaluation_samples(learner.regularizers);
  const SteadyRegularizers steady = steady_regularizers(std::move(learner.regularizers));
  window.random = steady.positions.size() < run.config.regularizers.size();
  window.broken_op = request.broken_op;
  window.inside = look_inside(request, run, steady.positions, window);
  window.forecast.scaled = window.inside.nodes[window.inside.forecast].values;
  const auto scales_of = [&](const Scaling& scaling) {
    return target_scales(run.task.frame, scaling, std::span(&index, 1), run.task.windows.horizon());
  };
  window.forecast.own = restored(window.forecast.scaled, scales_of(run.task.scaling));
  window.float_forecast = restored(forecast_windows(*run.trained.model, steady.regularizers,
                                                    run.task.windows, std::span(&index, 1), 1)
                                       .mean,
                                   scales_of(run.task.scaling));
  if (window.part == "scored") {
    window.record = recorded_forecast(window, scales_of(run.task.standard));
  }
  return window;
}

}  // namespace espalier
