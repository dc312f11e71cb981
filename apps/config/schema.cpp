#include "apps/config/schema.h"

#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/config/spec_json.h"

namespace espalier {

namespace {

using nlohmann::ordered_json;

void add_range(ordered_json& schema, const SettingSpec& spec) {
  const auto bound = [&](double value) -> ordered_json {
    if (spec.type == SettingType::integer) return static_cast<std::int64_t>(value);
    return value;
  };
  if (std::isfinite(spec.minimum)) {
    schema[spec.minimum_exclusive ? "exclusiveMinimum" : "minimum"] = bound(spec.minimum);
  }
  if (std::isfinite(spec.maximum)) schema["maximum"] = bound(spec.maximum);
}

void add_choices(ordered_json& schema, const SettingSpec& spec) {
  if (!spec.choices.empty()) schema["enum"] = spec.choices;
}

ordered_json list_of(const ordered_json& items) {
  return {{"type", "array"}, {"items", items}};
}

/// What the spec takes besides null.
ordered_json value_schema(const SettingSpec& spec) {
  ordered_json schema;
  switch (spec.type) {
    case SettingType::boolean:
      return {{"type", "boolean"}};
    case SettingType::integer:
      schema["type"] = "integer";
      add_range(schema, spec);
      return schema;
    case SettingType::number:
      schema["type"] = "number";
      add_range(schema, spec);
      return schema;
    case SettingType::text:
      schema["type"] = "string";
      add_choices(schema, spec);
      return schema;
    case SettingType::numbers:
      schema["type"] = "number";
      add_range(schema, spec);
      return list_of(schema);
    case SettingType::texts:
      schema["type"] = "string";
      add_choices(schema, spec);
      return {{"anyOf", {schema, list_of(schema)}}};
  }
  return schema;
}

ordered_json setting_schema(const SettingSpec& spec) {
  ordered_json schema = value_schema(spec);
  if (spec.nullable && schema.contains("anyOf")) {
    schema["anyOf"].push_back({{"type", "null"}});
  } else if (spec.nullable) {
    schema["type"] = {schema["type"], "null"};
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  }
  schema["description"] = spec.help;
  if (spec.author_default) {
    schema["description"] = fmt::format("{} Default under author: {}.", spec.help,
                                        to_json(spec, *spec.author_default).dump());
  }
  const bool null_default = std::holds_alternative<std::monostate>(spec.default_value);
  if (!spec.required && (spec.nullable || !null_default)) {
    schema["default"] = to_json(spec, spec.default_value);
  }
  return schema;
}

void add_required(ordered_json& schema, std::span<const SettingSpec> specs) {
  for (const SettingSpec& spec : specs) {
    if (spec.required) schema["required"].push_back(spec.name);
  }
}

ordered_json section(std::span<const SettingSpec> specs, const std::string& description) {
  ordered_json schema = {{"type", "object"}, {"description", description}};
  schema["properties"] = setting_schemas(specs);
  add_required(schema, specs);
  schema["additionalProperties"] = false;
  return schema;
}

/// An object whose other keys depend on its "type". Where `default_type` is empty, "type" is
/// required.
ordered_json component(std::span<const ComponentInfo> entries, const std::string& description,
                       const std::string& default_type) {
  ordered_json types = ordered_json::array();
  ordered_json cases = ordered_json::array();
  for (const ComponentInfo& entry : entries) {
    types.push_back(entry.name);
    ordered_json condition = {{"properties", {{"type", {{"const", entry.name}}}}}};
    // Without "type" the condition holds for the default entry alone.
    if (entry.name != default_type) condition["required"] = ordered_json::array({"type"});
    ordered_json own = {{"description", entry.summary}};
    own["properties"]["type"] = {{"const", entry.name}, {"description", entry.summary}};
    own["properties"].update(setting_schemas(entry.settings));
    add_required(own, entry.settings);
    own["additionalProperties"] = false;
    cases.push_back({{"if", condition}, {"then", own}});
  }
  ordered_json schema = {{"type", "object"}, {"description", description}};
  schema["properties"]["type"] = {{"enum", types}};
  if (default_type.empty()) {
    schema["required"] = ordered_json::array({"type"});
  } else {
    schema["properties"]["type"]["default"] = default_type;
    schema["default"] = {{"type", default_type}};
  }
  if (!cases.empty()) schema["allOf"] = cases;
  return schema;
}

ordered_json component_list(std::span<const ComponentInfo> entries, const std::string& each,
                            const std::string& description) {
  ordered_json schema = list_of(component(entries, each, ""));
  schema["description"] = description;
  schema["default"] = ordered_json::array();
  return schema;
}

/// List lengths, which a spec does not hold.
void add_lengths(ordered_json& properties) {
  ordered_json& data = properties["data"]["properties"];
  data["time"]["anyOf"][1]["maxItems"] = most_time_columns;
  data["features"]["anyOf"][1]["minItems"] = 1;
  data["split"]["minItems"] = split_size(Protocol::author);
  data["split"]["maxItems"] = split_size(Protocol::honest);
  data["path"]["minLength"] = 1;
  ordered_json& target = data["target"]["anyOf"];
  target[0]["minLength"] = target[1]["items"]["minLength"] = target[1]["minItems"] = 1;
  target[1]["uniqueItems"] = true;
  data["delimiter"]["maxLength"] = data["delimiter"]["minLength"] = 1;
  ordered_json& quantiles = properties["train"]["properties"]["quantiles"];
  quantiles["minItems"] = 1;
  quantiles["contains"] = {{"const", 0.5}};
}

}  // namespace

ordered_json setting_schemas(std::span<const SettingSpec> specs) {
  ordered_json properties = ordered_json::object();
  for (const SettingSpec& spec : specs) properties[spec.name] = setting_schema(spec);
  return properties;
}

ordered_json run_schema(const Catalogue& catalogue) {
  ordered_json root = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                       {"title", "Espalier config"},
                       {"description", "One run: which data, model, regularizers and training."},
                       {"type", "object"}};
  ordered_json& properties = root["properties"];
  properties["$schema"] = {{"type", "string"}, {"description", "Ignored; editors read it."}};
  properties.update(setting_schemas(run_settings()));
  properties["data"] = section(data_settings(), "Rows and columns, and how they become windows.");
  properties["model"] = component(catalogue.models, "The forecaster.", "");
  properties["optimizer"] =
      component(catalogue.optimizers, "How weights follow gradients.", default_optimizer);
  properties["lr_schedules"] = component_list(
      catalogue.lr_schedules, "One schedule.",
      "How the learning rate moves: factors on the optimizer's that multiply; may be none.");
  properties["regularizers"] = component_list(catalogue.regularizers, "One regularizer.",
                                              "Applied together, in this order; may be none.");
  properties["train"] = section(train_settings(), "The training loop.");
  add_lengths(properties);
  root["required"] = {"data", "model"};
  root["additionalProperties"] = false;
  return root;
}

std::string schema_json(const Catalogue& catalogue) {
  return run_schema(catalogue).dump(2) + "\n";
}

}  // namespace espalier
