#include <utility>

#include <nlohmann/json.hpp>

#include "apps/comparison/read_comparison.h"
#include "apps/config/schema.h"

namespace espalier {

namespace {

using nlohmann::ordered_json;

/// A list of what fits `value`, or an object of label → such a value.
ordered_json varied(const ordered_json& value) {
  ordered_json schema;
  if (value.contains("description")) schema["description"] = value["description"];
  schema["anyOf"] = {{{"type", "array"}, {"items", value}, {"minItems", 1}},
                     {{"type", "object"}, {"additionalProperties", value}, {"minProperties", 1}}};
  return schema;
}

/// `run`: the properties of a run's config.
ordered_json grid_schema(const ordered_json& run) {
  ordered_json schema = {{"type", "object"},
                         {"description",
                          "What varies: the place of a value, such as "
                          "\"data.window\", and a list of the values it takes, or "
                          "an object of label → value."}};
  schema["properties"] = ordered_json::object();
  for (const char* section : {"data", "train"}) {
    for (const auto& [name, setting] : run[section]["properties"].items()) {
      schema["properties"][section + ("." + name)] = varied(setting);
    }
  }
  schema["propertyNames"]["pattern"] = "^(data|model|optimizer|lr_schedules|train)(\\.[^.]+)*$";
  schema["additionalProperties"] = varied(ordered_json::object());
  return schema;
}

/// `regularizers`: schema of a run's.
ordered_json arms_schema(ordered_json regularizers) {
  regularizers.erase("default");
  ordered_json by_model = {{"type", "object"},
                           {"description", "A list for each model, by the grid's label."},
                           {"additionalProperties", regularizers}};
  ordered_json schema = {
      {"type", "object"},
      {"description", "The sets of regularizers that are compared, by the name of each."}};
  schema["minProperties"] = 1;
  schema["propertyNames"]["pattern"] = "^[A-Za-z0-9._-]+$";
  schema["additionalProperties"]["anyOf"] = {regularizers, by_model};
  return schema;
}

}  // namespace

std::string comparison_schema_json(const Catalogue& catalogue) {
  ordered_json root = run_schema(catalogue);
  root["title"] = "Espalier comparison";
  root["description"] =
      "The same trials of several sets of regularizers on a grid of data, models and settings.";
  ordered_json run = root["properties"];
  ordered_json grid = grid_schema(run);
  ordered_json arms = arms_schema(run["regularizers"]);
  run.erase("regularizers");
  // The grid may give what a run's section requires.
  run["data"].erase("required");
  run["model"].erase("required");
  run.update(setting_schemas(comparison_settings()));
  run["grid"] = std::move(grid);
  run["arms"] = std::move(arms);
  root["properties"] = std::move(run);
  root["required"] = ordered_json::array({"arms"});
  return root.dump(2) + "\n";
}

}  // namespace espalier
