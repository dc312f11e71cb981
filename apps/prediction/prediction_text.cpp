#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/evaluation/intervals.h"
#include "apps/prediction/prediction.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const PredictedValue& value) {
  Json entry{{"ds", value.ds},
             {"cutoff", value.cutoff},
             {"step", value.step},
             {"target", value.target},
             {"y_hat", value.y_hat}};
  if (value.deviation) {
    const double half_width = interval_deviations * *value.deviation;
    entry["std"] = *value.deviation;
    entry["lo-90"] = value.y_hat - half_width;
    entry["hi-90"] = value.y_hat + half_width;
  }
  return entry;
}

std::string line_of(const Json& json) {
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string prediction_csv_header(bool random) {
  return std::string("ds,cutoff,step,target,y_hat") + (random ? ",std,lo-90,hi-90" : "") + "\n";
}

std::string prediction_csv_line(const PredictedValue& value) {
  std::string text = fmt::format("{},{},{},{},{}", value.ds, value.cutoff, value.step,
                                 csv_cell(value.target), value.y_hat);
  if (value.deviation) {
    const double half_width = interval_deviations * *value.deviation;
    text += fmt::format(",{},{},{}", *value.deviation, value.y_hat - half_width,
                        value.y_hat + half_width);
  }
  return text + "\n";
}

std::string prediction_csv(const Prediction& prediction) {
  const bool random = !prediction.values.empty() && prediction.values.front().deviation;
  std::string text = prediction_csv_header(random);
  for (const PredictedValue& value : prediction.values) text += prediction_csv_line(value);
  return text;
}

std::string prediction_json(const PredictionRequest& request, const Prediction& prediction) {
  Json json{{"run", request.run}, {"input", request.input}, {"forecasts", Json::array()}};
  for (const PredictedValue& value : prediction.values) {
    json["forecasts"].push_back(json_of(value));
  }
  return line_of(json);
}

std::string prediction_json_line(const PredictedValue& value) {
  return line_of(json_of(value));
}

}  // namespace espalier
