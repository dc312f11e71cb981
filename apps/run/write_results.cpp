#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/config/spec_json.h"
#include "apps/run/results.h"
#include "core/atomic_file.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json metrics_json(const std::vector<Metric>& metrics) {
  Json json = Json::object();
  for (const Metric& metric : metrics) json[metric.id] = metric.value;
  return json;
}

Json baselines_json(const RunResults& results) {
  Json json = Json::object();
  for (const ScoredForecasts& baseline : results.baselines) {
    json[baseline.name] = metrics_json(baseline.metrics);
  }
  return json;
}

std::string metrics_text(const Config& config, const RunResults& results) {
  Json formulas = Json::object();
  for (const Metric& metric : results.model.metrics) formulas[metric.id] = metric.formula;
  return Json{{"protocol", protocol_name(config.protocol)},
              {"test", metrics_json(results.model.metrics)},
              {"baselines", baselines_json(results)},
              {"formulas", std::move(formulas)},
              {"sparsity", results.sparsity.share()},
              {"pruned", results.sparsity.pruned},
              {"prunable", results.sparsity.prunable},
              {"epochs", results.epochs},
              {"scored_epoch", results.scored_epoch},
              {"scored_forecasts", results.actual.size()}}
             .dump(2) +
         "\n";
}

/// Columns: ds (the forecast row's time), cutoff (the last row known), step, y, y_hat, then one
/// column per baseline.
std::string forecasts_csv(const ForecastingTask& task, const RunResults& results) {
  std::string text = "ds,cutoff,step,y,y_hat";
  for (const ScoredForecasts& baseline : results.baselines) text += "," + baseline.name;
  text += "\n";
  const std::size_t steps = task.windows.horizon();
  for (std::size_t i = 0; i < results.actual.size(); ++i) {
    const std::size_t first = task.split.test[i / steps] + task.windows.window();
    const std::size_t step = i % steps;
    text += fmt::format("{},{},{},{},{}", task.frame.time_texts[first + step],
                        task.frame.time_texts[first - 1], step + 1, results.actual[i],
                        results.model.forecasts[i]);
    for (const ScoredForecasts& baseline : results.baselines) {
      text += fmt::format(",{}", baseline.forecasts[i]);
    }
    text += "\n";
  }
  return text;
}

Json scale_json(const std::string& column, const ColumnScale& scale) {
  return {{"column", column}, {"mean", scale.mean}, {"deviation", scale.deviation}};
}

Json settings_json(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings.values()) json[name] = to_json(value);
  return json;
}

std::string model_text(const Config& config, const ForecastingTask& task) {
  const Frame& frame = task.frame;
  Json features = Json::array();
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    features.push_back(scale_json(frame.names[frame.features[f]], task.scaling.features[f]));
  }
  return Json{{"format", 1},
              {"model", config.model.type},
              {"settings", settings_json(config.model.settings)},
              {"protocol", protocol_name(config.protocol)},
              {"window", config.data.window},
              {"horizon", config.data.horizon},
              {"time", config.data.time},
              {"features", std::move(features)},
              {"target", scale_json(frame.names[frame.target], task.scaling.target)}}
             .dump(2) +
         "\n";
}

}  // namespace

void write_results(const RunDirectory& directory, const Config& config, const ForecastingTask& task,
                   const Learner& learner, const RunResults& results) {
  write_file_atomically(directory.file("model/config.json"), model_text(config, task));
  save_parameters(directory.file("model/model.safetensors"), learner.model->parameters());
  write_file_atomically(directory.file("forecasts.csv"), forecasts_csv(task, results));
  write_file_atomically(directory.file("metrics.json"), metrics_text(config, results));
}

std::string results_json(const RunDirectory& directory, const Config& config,
                         const RunResults& results, double seconds) {
  const Json result{{"run", directory.path()},
                    {"protocol", protocol_name(config.protocol)},
                    {"test", metrics_json(results.model.metrics)},
                    {"baselines", baselines_json(results)},
                    {"sparsity", results.sparsity.share()},
                    {"epochs", results.epochs},
                    {"seconds", seconds}};
  // A path may hold bytes that are no UTF-8.
  return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace espalier
