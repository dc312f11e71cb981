#include "apps/config/check_component.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/check_settings.h"
#include "apps/config/json_text.h"
#include "apps/config/nearest.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

using nlohmann::json;

std::string registered_names(const ComponentKind& kind) {
  std::vector<std::string> names;
  for (const ComponentInfo& entry : kind.entries) names.push_back(entry.name);
  return fmt::format("\"{}\"", join(names, "\", \""));
}

/// The entry that "type" names; null after telling `diagnostics` why there is none.
const ComponentInfo* find_entry(const json& object, const std::string& pointer,
                                const ComponentKind& kind, Diagnostics& diagnostics) {
  const auto given = object.find("type");
  if (given == object.end() && kind.default_type.empty()) {
    diagnostics.missing(
        pointer, "type",
        fmt::format("required, but missing: expected one of {}", registered_names(kind)));
    return nullptr;
  }
  const std::string place = pointer_to(pointer, "type");
  if (given != object.end() && !given->is_string()) {
    diagnostics.at_value(place, fmt::format("expected one of {}, found {}", registered_names(kind),
                                            describe(*given)));
    return nullptr;
  }
  const std::string type = given == object.end() ? kind.default_type : given->get<std::string>();
  const auto entry = std::find_if(kind.entries.begin(), kind.entries.end(),
                                  [&](const ComponentInfo& info) { return info.name == type; });
  if (entry != kind.entries.end()) return &*entry;
  std::vector<std::string> names;
  for (const ComponentInfo& info : kind.entries) names.push_back(info.name);
  diagnostics.at_value(place,
                       fmt::format("unknown {} {} (registered: {}){}", kind.name, in_quotes(type),
                                   registered_names(kind), suggestion(type, names)));
  return nullptr;
}

}  // namespace

ComponentConfig check_component(const json& object, const std::string& pointer,
                                const ComponentKind& kind, std::optional<Protocol> protocol,
                                Diagnostics& diagnostics) {
  if (!check_is_object(object, pointer, diagnostics)) return {};
  const ComponentInfo* entry = find_entry(object, pointer, kind, diagnostics);
  if (entry == nullptr) return {};
  const std::size_t errors_before = diagnostics.count();
  const std::array<std::string, 1> other_keys{"type"};
  ComponentConfig component{
      entry->name, check_settings(object, pointer, entry->settings,
                                  protocol.value_or(Protocol::honest), other_keys, diagnostics)};
  // The component's own check may rely on every setting being sound by itself.
  if (protocol && entry->check && diagnostics.count() == errors_before) {
    const std::string problem = entry->check(component.settings, *protocol);
    if (!problem.empty()) diagnostics.at_value(pointer, problem);
  }
  return component;
}

}  // namespace espalier
