#include "apps/config/resolved.h"

#include <algorithm>
#include <span>

#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/config/spec_json.h"
#include "core/error.h"

namespace espalier {

namespace {

using nlohmann::ordered_json;

void write_settings(ordered_json& object, std::span<const SettingSpec> specs,
                    const Settings& settings) {
  for (const SettingSpec& spec : specs) {
    object[spec.name] = to_json(spec, settings.values().at(spec.name));
  }
}

ordered_json section(std::span<const SettingSpec> specs, const Settings& settings) {
  ordered_json object = ordered_json::object();
  write_settings(object, specs, settings);
  return object;
}

ordered_json component(const ComponentConfig& config, std::span<const ComponentInfo> entries) {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const ComponentInfo& info) {
    return info.name == config.type;
  });
  if (entry == entries.end()) {
    throw Error("[config] no component is registered as \"" + config.type + "\"");
  }
  ordered_json object = {{"type", config.type}};
  write_settings(object, entry->settings, config.settings);
  return object;
}

ordered_json component_list(const std::vector<ComponentConfig>& configs,
                            std::span<const ComponentInfo> entries) {
  ordered_json list = ordered_json::array();
  for (const ComponentConfig& config : configs) list.push_back(component(config, entries));
  return list;
}

}  // namespace

std::string resolved_json(const Config& config, const Catalogue& catalogue) {
  ordered_json root;
  root["name"] = config.name;
  root["seed"] = config.seed;
  root["protocol"] = protocol_name(config.protocol);
  root["data"] = section(data_settings(), settings_from_data(config.data));
  root["model"] = component(config.model, catalogue.models);
  root["optimizer"] = component(config.optimizer, catalogue.optimizers);
  root["lr_schedules"] = component_list(config.lr_schedules, catalogue.lr_schedules);
  root["regularizers"] = component_list(config.regularizers, catalogue.regularizers);
  root["train"] = section(train_settings(), settings_from_train(config.train));
  // A path from the file system need not be UTF-8.
  return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
