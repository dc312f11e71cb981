#include "apps/commands/list.h"

#include <limits>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/arguments.h"
#include "apps/commands/output.h"
#include "apps/config/catalogue.h"
#include "apps/config/spec_json.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

std::string range_text(const SettingSpec& spec) {
  std::string text;
  if (!spec.choices.empty()) return join(spec.choices, " | ");
  const bool below = spec.minimum > -std::numeric_limits<double>::infinity();
  const bool above = spec.maximum < std::numeric_limits<double>::infinity();
  if (below) text += fmt::format("{} {}", spec.minimum_exclusive ? ">" : ">=", spec.minimum);
  if (above) text += fmt::format("{}<= {}", below ? ", " : "", spec.maximum);
  return text;
}

std::string default_text(const SettingSpec& spec) {
  std::string text = to_json(spec, spec.default_value).dump();
  if (spec.author_default) {
    text += fmt::format(" (author: {})", to_json(spec, *spec.author_default).dump());
  }
  return text;
}

std::string component_text(const ComponentInfo& info) {
  std::string text = fmt::format("  {}\n      {}\n", info.name, info.summary);
  for (const SettingSpec& spec : info.settings) {
    text += fmt::format("      {} = {}", spec.name, default_text(spec));
    const std::string range = range_text(spec);
    if (!range.empty()) text += fmt::format("  [{}]", range);
    text += fmt::format("\n          {}\n", spec.help);
  }
  return text;
}

Json component_json(const ComponentInfo& info) {
  Json settings = Json::array();
  for (const SettingSpec& spec : info.settings) {
    Json entry{{"name", spec.name},
               {"default", to_json(spec, spec.default_value)},
               {"range", range_text(spec)},
               {"help", spec.help}};
    if (spec.author_default) entry["author_default"] = to_json(spec, *spec.author_default);
    settings.push_back(std::move(entry));
  }
  return {{"name", info.name}, {"summary", info.summary}, {"settings", std::move(settings)}};
}

void list(bool json) {
  const Catalogue catalogue = registered_components();
  const std::pair<const char*, const std::vector<ComponentInfo>*> kinds[] = {
      {"models", &catalogue.models},
      {"regularizers", &catalogue.regularizers},
      {"optimizers", &catalogue.optimizers},
      {"lr_schedules", &catalogue.lr_schedules}};
  std::string text;
  Json object = Json::object();
  for (const auto& [kind, components] : kinds) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", kind);
    object[kind] = Json::array();
    for (const ComponentInfo& info : *components) {
      text += component_text(info);
      object[kind].push_back(component_json(info));
    }
  }
  print_output(json ? object.dump(2) + "\n" : text);
}

}  // namespace

void add_list(Command& app) {
  Command* command = app.add_subcommand(
      "list", "List models, regularizers, optimizers and schedules with their settings");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print as one JSON object");
  command->callback([json] { list(*json); });
}

}  // namespace espalier
