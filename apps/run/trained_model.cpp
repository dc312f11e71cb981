#include "apps/run/trained_model.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/check_settings.h"
#include "apps/config/sections.h"
#include "apps/config/text.h"
#include "apps/run/run_directory.h"
#include "core/atomic_file.h"
#include "core/safetensors.h"
#include "models/registry.h"

namespace espalier {

namespace {

using nlohmann::json;

Settings read_settings(const json& given, const std::string& type, Protocol protocol,
                       const std::string& file) {
  const std::vector<ModelEntry> registry = model_registry();
  const auto entry = std::ranges::find(
      registry, type, [](const ModelEntry& candidate) { return candidate.info.name; });
  if (entry == registry.end()) throw Error("no model is named \"" + type + "\"");
  Diagnostics diagnostics(file, {});
  Settings settings =
      check_settings(given, "/settings", entry->info.settings, protocol, {}, diagnostics);
  diagnostics.throw_if_any();
  return settings;
}

ColumnScale read_scale(const json& given) {
  const ColumnScale scale{given.at("mean").get<double>(), given.at("deviation").get<double>()};
  if (!std::isfinite(scale.mean) || !(scale.deviation > 0) || !std::isfinite(scale.deviation)) {
    throw Error("a column's scale must be finite, its deviation above 0");
  }
  return scale;
}

/// Of a model of several series.
void read_series(const json& given, TrainedModel& trained) {
  trained.series_column = given.at("column").get<std::string>();
  for (const auto& [id, scales] : given.at("scales").items()) {
    std::vector<ColumnScale>& targets = trained.series[id];
    for (const json& scale : scales) targets.push_back(read_scale(scale));
    if (targets.size() != trained.targets.size()) {
      throw Error(fmt::format("series {} has {} scales for {} targets", in_quotes(id),
                              targets.size(), trained.targets.size()));
    }
  }
}

/// One or a list of them.
std::vector<DescribedColumn> read_columns(const json& given, bool by_series) {
  std::vector<DescribedColumn> columns;
  for (const json& column : given.is_array() ? given : json::array({given})) {
    columns.push_back({.name = column.at("column").get<std::string>(),
                       .scale = {},
                       .lead = column.value("lead", std::int64_t{0})});
    if (!by_series || column.contains("mean")) columns.back().scale = read_scale(column);
  }
  return columns;
}

ForecastShape read_shape(const json& description, const std::vector<DescribedColumn>& features,
                         const std::vector<DescribedColumn>& targets) {
  ForecastShape shape{.window = description.at("window").get<std::int64_t>(),
                      .features = std::ssize(features),
                      .horizon = description.at("horizon").get<std::int64_t>(),
                      .targets = std::ssize(targets)};
  if (description.contains("quantiles")) {
    shape.quantiles = description["quantiles"].get<std::vector<double>>();
    const std::string problem = problem_of_quantiles(shape.quantiles);
    if (!problem.empty()) throw Error("its quantiles can't be: " + problem);
  }
  for (const DescribedColumn& target : targets) {
    const auto feature = std::ranges::find(features, target.name, &DescribedColumn::name);
    shape.own_past.push_back(feature == features.end() ? -1 : feature - features.begin());
  }
  return shape;
}

}  // namespace

TrainedModel make_described_model(const std::string& description, const LayerSizes& sizes,
                                  const std::string& file) {
  try {
    const json parsed = json::parse(description);
    const bool by_series = parsed.contains("series");
    TrainedModel trained{.type = parsed.at("model").get<std::string>(),
                         .settings = {},
                         .shape = {},
                         .features = read_columns(parsed.at("features"), by_series),
                         .targets = read_columns(parsed.at("target"), by_series),
                         .description = description,
                         .model = nullptr};
    trained.date_order = parsed.value("date_order", "");
    if (by_series) read_series(parsed.at("series"), trained);
    trained.shape = read_shape(parsed, trained.features, trained.targets);
    trained.settings =
        read_settings(parsed.at("settings"), trained.type,
                      protocol_named(parsed.at("protocol").get<std::string>()), file);
    trained.model = make_model(trained.type, trained.settings, trained.shape, sizes);
    return trained;
  } catch (const json::exception&) {
    throw Error(fmt::format("{} is damaged: expected the model/config.json of a run", file));
  } catch (const Error& error) {
    throw Error(fmt::format("{} is damaged: {}", file, error.what()));
  }
}

TrainedModel load_run_model(const std::string& run) {
  check_finished_run(run);
  const std::string file = run + "/model/config.json";
  TrainedModel trained = make_described_model(read_file(file), {}, file);
  load_parameters(run + "/model/model.safetensors", trained.model->parameters());
  return trained;
}

}  // namespace espalier
