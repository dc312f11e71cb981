#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/run/model_description.h"
#include "apps/run/results.h"
#include "core/atomic_file.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

void add_metrics(Json& json, const std::vector<Metric>& metrics) {
  for (const Metric& metric : metrics) json[metric.id] = metric.value;
}

/// Of all targets together.
Json metrics_json(const ScoredForecasts& method) {
  Json json = Json::object();
  add_metrics(json, method.metrics);
  add_metrics(json, method.scaled);
  return json;
}

/// Of each target alone: the model's scores, and beside them the baselines'.
Json targets_json(const RunResults& results) {
  Json json = Json::object();
  for (std::size_t k = 0; k < results.targets.size(); ++k) {
    Json& target = json[results.targets[k]] = Json::object();
    add_metrics(target, results.model.by_target[k]);
    for (const ScoredForecasts& baseline : results.baselines) {
      add_metrics(target["baselines"][baseline.name], baseline.by_target[k]);
    }
  }
  return json;
}

/// One value per target: by its name where there are several.
Json by_target_json(const std::vector<double>& values, const RunResults& results) {
  if (!results.several_targets()) return values.front();
  Json json = Json::object();
  for (std::size_t k = 0; k < values.size(); ++k) json[results.targets[k]] = values[k];
  return json;
}

Json interval_json(const RunResults& results) {
  const Intervals& intervals = *results.intervals;
  return {{"level", interval_level},
          {"samples", intervals.samples},
          {"coverage", intervals.coverage},
          {"mean_width", by_target_json(intervals.mean_widths, results)}};
}

Json quantiles_json(const RunResults& results) {
  const ScoredQuantiles& quantiles = *results.quantiles;
  Json json{{"levels", quantiles.levels}, {"intervals", Json::array()}};
  for (const ScoredQuantiles::Interval& interval : quantiles.intervals) {
    json["intervals"].push_back({{"level", interval.level},
                                 {"coverage", interval.coverage},
                                 {"mean_width", by_target_json(interval.mean_widths, results)}});
  }
  for (std::size_t k = 0; k < quantiles.levels.size(); ++k) {
    const std::string level = fmt::format("{:g}", quantiles.levels[k]);
    json["pinball_loss"][level] = by_target_json(quantiles.pinball[k], results);
    json["scaled_pinball_loss"][level] = quantiles.scaled_pinball[k];
  }
  return json;
}

/// Coverage beside the nominal level, and widths in file units.
Json conformal_json(const RunResults& results) {
  Json levels = Json::array();
  for (const ScoredIntervals& tested : results.tested_intervals) {
    Json widths = Json::object();
    for (std::size_t k = 0; k < results.targets.size(); ++k) {
      widths[results.targets[k]] = tested.by_target[k].mean_width;
    }
    levels.push_back(
        {{"method", tested.method},
         {"level", tested.level},
         {"coverage", tested.coverage},
         {"mean_width",
          results.several_targets() ? widths : Json(tested.by_target.front().mean_width)}});
  }
  return {{"calibration_windows", results.calibration->windows}, {"intervals", std::move(levels)}};
}

/// What metrics.json and --json both say of the forecasts.
void add_scores(Json& json, const RunResults& results) {
  json["test"] = metrics_json(results.model);
  json["baselines"] = Json::object();
  for (const ScoredForecasts& baseline : results.baselines) {
    json["baselines"][baseline.name] = metrics_json(baseline);
  }
  if (results.several_targets()) json["targets"] = targets_json(results);
  if (results.intervals) json["interval"] = interval_json(results);
  if (results.quantiles) json["quantiles"] = quantiles_json(results);
}

std::string metrics_text(const Config& config, const RunResults& results) {
  Json json{{"protocol", protocol_name(config.protocol)}};
  add_scores(json, results);
  if (results.calibration) json["conformal"] = conformal_json(results);
  json["training"] = training_rows_json(results.training, results.targets);
  for (const auto* metrics : {&results.model.metrics, &results.model.scaled}) {
    for (const Metric& metric : *metrics) json["formulas"][metric.id] = metric.formula;
  }
  if (results.quantiles) {
    json["formulas"]["coverage"] = "share of y with lower <= y <= upper";
    json["formulas"]["pinball_loss"] =
        "mean max(q (y - y_hat), (q - 1) (y - y_hat)), y_hat the quantile of level q; scaled: in "
        "units of s";
  }
  json["sparsity"] = results.sparsity.share();
  json["pruned"] = results.sparsity.pruned;
  json["prunable"] = results.sparsity.prunable;
  json["epochs"] = results.epochs;
  json["scored_epoch"] = results.scored_epoch;
  json["scored_forecasts"] = results.actual.size();
  // A column's name may hold bytes that are no UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void write_results(const RunDirectory& directory, const Config& config, const ForecastingTask& task,
                   const Learner& learner, const RunResults& results) {
  write_file_atomically(directory.file("model/config.json"), model_description(config, task));
  save_parameters(directory.file("model/model.safetensors"), learner.model->parameters());
  if (results.calibration) {
    save_calibration(calibration_path(directory.path()), *results.calibration);
  }
  write_file_atomically(directory.file("forecasts.csv"), forecasts_csv(task, results));
  write_file_atomically(directory.file("metrics.json"), metrics_text(config, results));
}

std::string results_json(const RunDirectory& directory, const Config& config,
                         const RunResults& results, double seconds) {
  Json json{{"run", directory.path()}, {"protocol", protocol_name(config.protocol)}};
  add_scores(json, results);
  json["sparsity"] = results.sparsity.share();
  json["epochs"] = results.epochs;
  json["seconds"] = seconds;
  // A path may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace espalier
