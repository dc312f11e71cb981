#include <filesystem>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/time.h"
#include "apps/data/windows.h"
#include "apps/evaluation/quantiles.h"
#include "apps/prediction/prediction.h"
#include "apps/prediction/time_step.h"
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
  config.data.features = std::vector<std::string>();
  for (const DescribedColumn& feature : trained.features) {
    config.data.features->push_back(feature.name);
  }
  config.data.targets.clear();
  for (const DescribedColumn& target : trained.targets) {
    config.data.targets.push_back(target.name);
  }
  return config;
}

Scaling scaling_of(const TrainedModel& trained) {
  Scaling scaling;
  for (const DescribedColumn& feature : trained.features) scaling.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scaling.targets.push_back(target.scale);
  return scaling;
}

/// Times of the rows of a file and of those that would follow.
class Times {
 public:
  /// What is assumed of them goes to `notes`.
  Times(const Frame& frame, std::vector<std::string>& notes) : frame_(frame) {
    if (frame.times.empty()) return;
    step_.emplace(frame.times);
    date_only_ = are_dates(frame.times);
    if (const auto row = step_->first_exception()) {
      notes.push_back(fmt::format(
          "{} of {} steps between rows are not {}, the first from {} to {} (line {}); forecasts go "
          "on in steps of {}",
          step_->exceptions(), frame.rows() - 1, step_->text(), frame.time_texts[*row - 1],
          frame.time_texts[*row], frame.lines[*row], step_->text()));
    }
  }

  std::string text(std::size_t row) const {
    if (row < frame_.rows()) return frame_.time_texts[row];
    const std::size_t steps = row - frame_.rows() + 1;
    if (!step_) return std::to_string(row + 1);
    const std::int64_t time = step_->after(frame_.times.back(), steps);
    return format_timestamp(time, date_only_ && are_dates(std::span(&time, 1)));
  }

 private:
  const Frame& frame_;
  std::optional<TimeStep> step_;
  bool date_only_ = false;
};

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
  const Scaling scaling = scaling_of(trained);
  const Windows windows(frame, scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon), Windows::Targets::unknown);
  if (windows.count() == 0) {
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, the file has {}",
                            frame.path, counted(windows.window(), "row"), frame.rows()));
  }
  std::vector<std::size_t> origins(request.rolling ? windows.count() : 1);
  std::iota(origins.begin(), origins.end(), windows.count() - origins.size());
  const WindowForecasts forecasts =
      forecast_windows(*learner.model, learner.regularizers, windows, origins, request.threads);

  Prediction prediction{.values = {}, .quantile_columns = {}, .notes = frame.notes};
  const std::vector<QuantileColumn> columns = quantile_columns(trained.shape.quantiles);
  for (const QuantileColumn& column : columns) prediction.quantile_columns.push_back(column.name);
  const Times times(frame, prediction.notes);
  const std::size_t targets = trained.targets.size();
  for (std::size_t w = 0; w < origins.size(); ++w) {
    const std::size_t next = origins[w] + windows.window();
    for (std::size_t i = 0; i < horizon * targets; ++i) {
      const DescribedColumn& target = trained.targets[i % targets];
      const std::size_t at = w * windows.outputs() + i;
      prediction.values.push_back({.ds = times.text(next + i / targets),
                                   .cutoff = times.text(next - 1),
                                   .step = i / targets + 1,
                                   .target = target.name,
                                   .y_hat = target.scale.restored(forecasts.mean[at])});
      PredictedValue& value = prediction.values.back();
      for (const QuantileColumn& column : columns) {
        value.quantiles.push_back(target.scale.restored(forecasts.quantiles[column.quantile][at]));
      }
      if (forecasts.samples > 1 && forecasts.quantiles.empty()) {
        value.deviation = forecasts.deviation[at] * target.scale.deviation;
      }
    }
  }
  return prediction;
}

}  // namespace espalier
