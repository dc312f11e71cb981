#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/prediction/prediction.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const PredictionColumns& columns, const PredictedValue& value) {
  Json entry = Json::object();
  if (!columns.series.empty()) entry[columns.series] = value.series;
  entry.update({{"ds", value.ds},
                {"cutoff", value.cutoff},
                {"step", value.step},
                {"target", value.target},
                {"y_hat", value.y_hat}});
  for (std::size_t i = 0; i < columns.spread.size(); ++i) {
    entry[columns.spread[i]] = value.spread[i];
  }
  return entry;
}

std::string line_of(const Json& json) {
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string prediction_csv_header(const PredictionColumns& columns) {
  std::string text = columns.series.empty() ? "" : csv_cell(columns.series) + ",";
  text += "ds,cutoff,step,target,y_hat";
  for (const std::string& name : columns.spread) text += "," + name;
  return text + "\n";
}

std::string prediction_csv_line(const PredictedValue& value) {
  std::string text = value.series.empty() ? "" : csv_cell(value.series) + ",";
  text += fmt::format("{},{},{},{},{}", value.ds, value.cutoff, value.step, csv_cell(value.target),
                      value.y_hat);
  for (const double number : value.spread) text += fmt::format(",{}", number);
  return text + "\n";
}

std::string prediction_csv(const Prediction& prediction) {
  std::string text = prediction_csv_header(prediction.columns);
  for (const PredictedValue& value : prediction.values) text += prediction_csv_line(value);
  return text;
}

std::string prediction_json(const PredictionRequest& request, const Prediction& prediction) {
  Json json{{"run", request.run}, {"input", request.input}, {"forecasts", Json::array()}};
  for (const PredictedValue& value : prediction.values) {
    json["forecasts"].push_back(json_of(prediction.columns, value));
  }
  return line_of(json);
}

std::string prediction_json_line(const PredictionColumns& columns, const PredictedValue& value) {
  return line_of(json_of(columns, value));
}

}  // namespace espalier
