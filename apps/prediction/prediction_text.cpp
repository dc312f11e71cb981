#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/evaluation/intervals.h"
#include "apps/prediction/prediction.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

/// Those asked for, or the one that random forecasts have by themselves.
std::vector<PredictedInterval> intervals_of(const PredictedValue& value) {
  if (!value.intervals.empty() || !value.deviation) return value.intervals;
  const double half_width = interval_deviations * *value.deviation;
  return {{.level = 100 * interval_level,
           .lower = value.y_hat - half_width,
           .upper = value.y_hat + half_width}};
}

Json json_of(const PredictedValue& value, const std::string& series_column) {
  Json entry = Json::object();
  if (!series_column.empty()) entry[series_column] = value.series;
  entry.update({{"ds", value.ds},
                {"cutoff", value.cutoff},
                {"step", value.step},
                {"target", value.target},
                {"y_hat", value.y_hat}});
  if (value.deviation) entry["std"] = *value.deviation;
  for (const PredictedInterval& interval : intervals_of(value)) {
    entry[lower_name(interval.level)] = interval.lower;
    entry[upper_name(interval.level)] = interval.upper;
  }
  for (const auto& [name, quantile] : value.quantiles) entry[name] = quantile;
  return entry;
}

std::string line_of(const Json& json) {
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string prediction_csv_header(const PredictedValue& first, const std::string& series_column) {
  std::string text = series_column.empty() ? "" : csv_cell(series_column) + ",";
  text += "ds,cutoff,step,target,y_hat";
  if (first.deviation) text += ",std";
  for (const PredictedInterval& interval : intervals_of(first)) {
    text += "," + lower_name(interval.level) + "," + upper_name(interval.level);
  }
  for (const auto& [name, quantile] : first.quantiles) text += "," + name;
  return text + "\n";
}

std::string prediction_csv_line(const PredictedValue& value) {
  std::string text = value.series.empty() ? "" : csv_cell(value.series) + ",";
  text += fmt::format("{},{},{},{},{}", value.ds, value.cutoff, value.step, csv_cell(value.target),
                      value.y_hat);
  if (value.deviation) text += fmt::format(",{}", *value.deviation);
  for (const PredictedInterval& interval : intervals_of(value)) {
    text += fmt::format(",{},{}", interval.lower, interval.upper);
  }
  for (const auto& [name, quantile] : value.quantiles) text += fmt::format(",{}", quantile);
  return text + "\n";
}

std::string prediction_csv(const Prediction& prediction) {
  const PredictedValue none;
  std::string text = prediction_csv_header(
      prediction.values.empty() ? none : prediction.values.front(), prediction.series_column);
  for (const PredictedValue& value : prediction.values) text += prediction_csv_line(value);
  return text;
}

std::string prediction_json(const PredictionRequest& request, const Prediction& prediction) {
  Json json{{"run", request.run}, {"input", request.input}, {"forecasts", Json::array()}};
  for (const PredictedValue& value : prediction.values) {
    json["forecasts"].push_back(json_of(value, prediction.series_column));
  }
  return line_of(json);
}

std::string prediction_json_line(const PredictedValue& value) {
  return line_of(json_of(value, ""));
}

}  // namespace espalier
