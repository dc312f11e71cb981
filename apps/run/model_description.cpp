#include "apps/run/model_description.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/config/spec_json.h"
#include "apps/config/text.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* settings_key = "settings";

Json scale_json(const std::string& column, const ColumnScale& scale) {
  return {{"column", column}, {"mean", scale.mean}, {"deviation", scale.deviation}};
}

Json settings_json(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings.values()) json[name] = to_json(value);
  return json;
}

/// The targets' scales in each series that has a window, learnt from or scored. Others are as new
/// to the model as those it never saw.
Json series_json(const ForecastingTask& task) {
  const Frame& frame = task.frame;
  Json scales = Json::object();
  for (std::size_t s = 0; s < frame.series.size(); ++s) {
    if (!task.windows.contains(frame.series[s].begin) || task.split.train_rows[s] == 0) continue;
    Json& targets = scales[frame.series[s].id] = Json::array();
    for (const ColumnScale& scale : task.scaling.series[s].targets) {
      targets.push_back({{"mean", scale.mean}, {"deviation", scale.deviation}});
    }
  }
  return {{"column", frame.series_column}, {"scales", std::move(scales)}};
}

bool is_same(const Json& there, const Json& expected) {
  if (!there.is_number_float() || !expected.is_number_float()) return there == expected;
  const double a = there.get<double>(), b = expected.get<double>();
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

/// Where the two first differ, and how; empty: nowhere. Settings are for others to compare.
std::string first_difference(const Json& there, const Json& expected, const std::string& pointer) {
  const bool objects = there.is_object() && expected.is_object();
  const bool arrays = there.is_array() && expected.is_array();
  if (!objects && !(arrays && there.size() == expected.size())) {
    if (is_same(there, expected)) return "";
    constexpr auto replace = Json::error_handler_t::replace;
    return fmt::format("{}: {} there, {} expected", pointer, there.dump(-1, ' ', false, replace),
                       expected.dump(-1, ' ', false, replace));
  }
  for (const auto& [key, value] : expected.items()) {
    if (pointer.empty() && key == settings_key) continue;
    const std::string inner = pointer_to(pointer, key);
    if (objects && !there.contains(key)) return inner + ": missing there";
    const Json& other = objects ? there[key] : there[std::stoul(key)];
    const std::string difference = first_difference(other, value, inner);
    if (!difference.empty()) return difference;
  }
  return "";
}

}  // namespace

std::string model_description(const Config& config, const ForecastingTask& task) {
  const Frame& frame = task.frame;
  // The same in all series, but for the targets and features that are targets.
  const SeriesScaling& scales = task.scaling.series.front();
  const bool several = frame.has_series_column();
  Json features = Json::array();
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    const std::string& name = frame.names[frame.features[f]];
    const bool by_series =
        several && std::ranges::find(frame.targets, frame.features[f]) != frame.targets.end();
    features.push_back(by_series ? Json{{"column", name}} : scale_json(name, scales.features[f]));
    if (frame.lead(f) > 0) features.back()["lead"] = frame.lead(f);
  }
  Json targets = Json::array();
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    const std::string& name = frame.target_name(k);
    targets.push_back(several ? Json{{"column", name}} : scale_json(name, scales.targets[k]));
  }
  Json description{{"format", 1},
                   {"model", config.model.type},
                   {settings_key, settings_json(config.model.settings)},
                   {"protocol", protocol_name(config.protocol)},
                   {"window", config.data.window},
                   {"horizon", config.data.horizon},
                   {"time", config.data.time},
                   {"features", std::move(features)},
                   {"target", targets.size() == 1 ? targets[0] : targets}};
  if (!frame.date_order.empty()) description["date_order"] = frame.date_order;
  if (config.train.wants_quantiles()) description["quantiles"] = config.train.quantiles;
  if (several) description["series"] = series_json(task);
  // A column's name may hold bytes that are no UTF-8.
  return description.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

TrainedModel load_matching_model(const std::string& run, const Config& config,
                                 const ForecastingTask& task) {
  const std::string path = run + "/model/config.json";
  const Json there = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  const Json expected = Json::parse(model_description(config, task));
  std::string difference = first_difference(there, expected, "");
  TrainedModel trained;
  if (difference.empty()) {
    trained = load_run_model(run);
    // With the defaults of settings that the file doesn't name.
    difference = first_difference(settings_json(trained.settings),
                                  settings_json(config.model.settings), "/settings");
  }
  if (difference.empty()) return trained;
  throw Error(
      fmt::format("{} doesn't fit config.resolved.json beside it and the data ({}): one of these "
                  "files was changed; put it back as it was, or train again",
                  path, difference));
}

}  // namespace espalier
