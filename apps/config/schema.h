#pragma once

#include <string>

#include "apps/config/catalogue.h"

namespace espalier {

/// JSON Schema (draft-07) of a config, for editors: keys, types, ranges, choices, defaults and
/// descriptions of every section and registered component. What it cannot say (shares that sum to
/// 1, files that exist, a component's own check) only reading the config tells.
std::string schema_json(const Catalogue& catalogue);

}  // namespace espalier
