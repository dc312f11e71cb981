#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/config/catalogue.h"
#include "core/settings.h"

namespace espalier {

/// JSON Schema (draft-07) of a config, for editors: keys, types, ranges, choices, defaults and
/// descriptions of every section and registered component. What it cannot say (shares that sum to
/// 1, files that exist, a component's own check) only reading the config tells.
std::string schema_json(const Catalogue& catalogue);

/// The same, to be changed: schema_json's text is this.
nlohmann::ordered_json run_schema(const Catalogue& catalogue);

/// A schema of each setting, by its name, in their order.
nlohmann::ordered_json setting_schemas(std::span<const SettingSpec> specs);

}  // namespace espalier
