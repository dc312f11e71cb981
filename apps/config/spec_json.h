#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/settings.h"

namespace espalier {

/// The value as JSON.
nlohmann::ordered_json to_json(const SettingValue& value);
/// The value of `spec` as JSON; a number setting's integer becomes a number (1.0).
nlohmann::ordered_json to_json(const SettingSpec& spec, const SettingValue& value);

}  // namespace espalier
