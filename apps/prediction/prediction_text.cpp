#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/evaluation/intervals.h"
#include "apps/prediction/prediction.h"

namespace espalier {

std::string prediction_csv(const Prediction& prediction) {
  const bool random = !prediction.values.empty() && prediction.values.front().deviation;
  std::string text = "ds,cutoff,step,target,y_hat";
  if (random) text += ",std,lo-90,hi-90";
  for (const std::string& column : prediction.quantile_columns) text += "," + column;
  text += "\n";
  for (const PredictedValue& value : prediction.values) {
    text += fmt::format("{},{},{},{},{}", value.ds, value.cutoff, value.step,
                        csv_cell(value.target), value.y_hat);
    if (value.deviation) {
      const double half_width = interval_deviations * *value.deviation;
      text += fmt::format(",{},{},{}", *value.deviation, value.y_hat - half_width,
                          value.y_hat + half_width);
    }
    for (const double quantile : value.quantiles) text += fmt::format(",{}", quantile);
    text += "\n";
  }
  return text;
}

std::string prediction_json(const PredictionRequest& request, const Prediction& prediction) {
  using Json = nlohmann::ordered_json;
  Json json{{"run", request.run}, {"input", request.input}, {"forecasts", Json::array()}};
  for (const PredictedValue& value : prediction.values) {
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
    for (std::size_t k = 0; k < value.quantiles.size(); ++k) {
      entry[prediction.quantile_columns[k]] = value.quantiles[k];
    }
    json["forecasts"].push_back(std::move(entry));
  }
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
