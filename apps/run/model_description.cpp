#include "apps/run/model_description.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/config/spec_json.h"
#include "apps/run/output_directory.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json scale_json(const std::string& column, const ColumnScale& scale) {
  return {{"column", column}, {"mean", scale.mean}, {"deviation", scale.deviation}};
}

Json settings_json(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings.values()) json[name] = to_json(value);
  return json;
}

}  // namespace

std::string model_description(const Config& config, const ForecastingTask& task) {
  const Frame& frame = task.frame;
  Json features = Json::array();
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    features.push_back(scale_json(frame.names[frame.features[f]], task.scaling.features[f]));
  }
  Json targets = Json::array();
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    targets.push_back(scale_json(frame.target_name(k), task.scaling.targets[k]));
  }
  return Json{{"format", 1},
              {"model", config.model.type},
              {"settings", settings_json(config.model.settings)},
              {"protocol", protocol_name(config.protocol)},
              {"window", config.data.window},
              {"horizon", config.data.horizon},
              {"time", config.data.time},
              {"features", std::move(features)},
              {"target", targets.size() == 1 ? targets[0] : targets}}
             // A column's name may hold bytes that are no UTF-8.
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

void check_model_description(const std::string& run, const Config& config,
                             const ForecastingTask& task) {
  const std::string path = run + "/model/config.json";
  const std::string there = read_file(path);
  const std::string expected = model_description(config, task);
  if (there == expected) return;
  throw Error(fmt::format(
      "{} doesn't fit config.resolved.json beside it and the data ({}): one of these files was "
      "changed; put it back as it was, or train again",
      path, first_difference(there, expected)));
}

}  // namespace espalier
