#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/evaluation/intervals.h"
#include "apps/prediction/prediction.h"

namespace espalier {

namespace {

/// Those asked for, or the one that random forecasts have by themselves.
std::vector<PredictedInterval> intervals_of(const PredictedValue& value) {
  if (!value.intervals.empty() || !value.deviation) return value.intervals;
  const double half_width = interval_deviations * *value.deviation;
  return {{.level = 100 * interval_level,
           .lower = value.y_hat - half_width,
           .upper = value.y_hat + half_width}};
}

}  // namespace

std::string prediction_csv(const Prediction& prediction) {
  const std::string& series = prediction.series_column;
  std::string text = series.empty() ? "" : csv_cell(series) + ",";
  text += "ds,cutoff,step,target,y_hat";
  if (!prediction.values.empty()) {
    const PredictedValue& first = prediction.values.front();
    if (first.deviation) text += ",std";
    for (const PredictedInterval& interval : intervals_of(first)) {
      text += "," + lower_name(interval.level) + "," + upper_name(interval.level);
    }
  }
  text += "\n";
  for (const PredictedValue& value : prediction.values) {
    if (!series.empty()) text += csv_cell(value.series) + ",";
    text += fmt::format("{},{},{},{},{}", value.ds, value.cutoff, value.step,
                        csv_cell(value.target), value.y_hat);
    if (value.deviation) text += fmt::format(",{}", *value.deviation);
    for (const PredictedInterval& interval : intervals_of(value)) {
      text += fmt::format(",{},{}", interval.lower, interval.upper);
    }
    text += "\n";
  }
  return text;
}

std::string prediction_json(const PredictionRequest& request, const Prediction& prediction) {
  using Json = nlohmann::ordered_json;
  Json json{{"run", request.run}, {"input", request.input}, {"forecasts", Json::array()}};
  for (const PredictedValue& value : prediction.values) {
    Json entry = Json::object();
    if (!prediction.series_column.empty()) entry[prediction.series_column] = value.series;
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
    json["forecasts"].push_back(std::move(entry));
  }
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
