#include <nlohmann/json.hpp>

#include "apps/evaluation/evaluation.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json metrics_json(const ErrorMetrics& metrics) {
  return {{"mae", metrics.mae},
          {"rmse", metrics.rmse},
          {"mape", number_or_null(metrics.mape)},
          {"mape_zeros", metrics.zeros},
          {"smape", metrics.smape},
          {"mase", number_or_null(metrics.mase)}};
}

/// The model's, and beside them the baselines'; `part` chooses of whom.
template <typename Part>
Json methods_json(const Evaluation& evaluation, Part part) {
  Json json = metrics_json(part(evaluation.model));
  json["baselines"] = Json::object();
  for (const EvaluatedMethod& baseline : evaluation.baselines) {
    json["baselines"][baseline.name] = metrics_json(part(baseline));
  }
  return json;
}

/// The model's and persistence's errors in each series.
Json series_json(const Evaluation& evaluation) {
  Json all = Json::object();
  for (std::size_t s = 0; s < evaluation.model.by_series.size(); ++s) {
    const SeriesErrors& series = evaluation.model.by_series[s];
    Json& json = all[series.id] = metrics_json(series.errors);
    json["windows"] = series.windows;
    json["persistence"] = metrics_json(evaluation.baselines.front().by_series[s].errors);
  }
  return all;
}

Json interval_json(const Evaluation& evaluation, const ScoredIntervals& scored) {
  Json json{{"method", scored.method},
            {"level", scored.level},
            {"coverage", scored.coverage},
            {"targets", Json::object()}};
  for (std::size_t k = 0; k < evaluation.targets.size(); ++k) {
    const IntervalMetrics& metrics = scored.by_target[k];
    json["targets"][evaluation.targets[k]] = {{"coverage", metrics.coverage},
                                              {"mean_width", metrics.mean_width},
                                              {"pinball", metrics.pinball}};
  }
  return json;
}

void add_intervals(Json& json, const Evaluation& evaluation) {
  if (evaluation.intervals.empty()) return;
  json["intervals"] = Json::array();
  for (const ScoredIntervals& scored : evaluation.intervals) {
    json["intervals"].push_back(interval_json(evaluation, scored));
  }
  json["crps"] = Json::object();
  for (const EvaluatedCrps& crps : evaluation.crps) {
    Json& method = json["crps"][interval_method_name(crps.method)] = Json::object();
    for (std::size_t k = 0; k < evaluation.targets.size(); ++k) {
      method[evaluation.targets[k]] = crps.by_target[k];
    }
  }
}

Json formulas(const Evaluation& evaluation) {
  Json json{{"mae", "mean |y - y_hat|"},
            {"rmse", "sqrt(mean (y - y_hat)^2)"},
            {"mape", "100 mean |y - y_hat| / |y| over the values other than 0 (mape_zeros are)"},
            {"smape", "100 mean 2 |y - y_hat| / (|y| + |y_hat|), 0 where both are 0: 0 to 200"},
            {"mase",
             "mean |y - y_hat| / s, s = mean |y_t - y_(t-m)| of the target in the training rows, m "
             "the season in rows or 1"}};
  if (evaluation.intervals.empty()) return json;
  json["coverage"] = "share of y in [l, u]";
  json["mean_width"] = "mean (u - l)";
  json["pinball"] =
      "mean (rho_t(y - l) + rho_(1-t)(y - u)) / 2, t = (1 - level) / 2, rho_t(e) = max(t e, (t - 1) "
      "e)";
  json["crps"] = "2/20 sum_k mean rho_(t_k)(y - q_k), t_k = (k - 1/2) / 20, k = 1 ... 20";
  return json;
}

}  // namespace

std::string evaluation_json(const EvaluationRequest& request, const Evaluation& evaluation) {
  Json json{{"run", request.run},
            {"input", request.input},
            {"model", evaluation.model.name},
            {"rows", evaluation.rows},
            {"window", evaluation.window},
            {"horizon", evaluation.horizon},
            {"windows", evaluation.windows},
            {"expected_windows", evaluation.expected_windows},
            {"training_windows", evaluation.training_windows}};
  json["scores"] = methods_json(
      evaluation, [](const EvaluatedMethod& method) -> const ErrorMetrics& { return method.all; });
  json["targets"] = Json::object();
  for (std::size_t k = 0; k < evaluation.targets.size(); ++k) {
    json["targets"][evaluation.targets[k]] = methods_json(
        evaluation,
        [k](const EvaluatedMethod& method) -> const ErrorMetrics& { return method.by_target[k]; });
  }
  json["steps"] = Json::array();
  for (std::size_t step = 0; step < evaluation.horizon; ++step) {
    json["steps"].push_back(
        methods_json(evaluation, [step](const EvaluatedMethod& method) -> const ErrorMetrics& {
          return method.by_step[step];
        }));
  }
  if (!evaluation.series_column.empty()) json["series"] = series_json(evaluation);
  add_intervals(json, evaluation);
  json["formulas"] = formulas(evaluation);
  json["notes"] = evaluation.notes;
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
