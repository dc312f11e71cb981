#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/config/diagnostics.h"
#include "core/component.h"
#include "core/protocol.h"
#include "core/settings.h"

namespace espalier {

/// Reads the settings that `specs` describe from the JSON object at `pointer`. Unknown keys, wrong
/// types, values out of range and missing keys go to `diagnostics`; the result is always complete,
/// with the protocol's default in place of what is missing or wrong. `other_keys` are allowed too,
/// and left to the caller.
Settings check_settings(const nlohmann::json& object, const std::string& pointer,
                        std::span<const SettingSpec> specs, Protocol protocol,
                        std::span<const std::string> other_keys, Diagnostics& diagnostics);

/// The value as `spec` takes it, or nothing after telling `diagnostics` why not. 3.0 is an integer;
/// a number is never kept as one; a bare text is a list of one.
std::optional<SettingValue> check_value(const nlohmann::json& value, const std::string& pointer,
                                        const SettingSpec& spec, Diagnostics& diagnostics);

/// False, told to `diagnostics`, where `value` is no object.
bool check_is_object(const nlohmann::json& value, const std::string& pointer,
                     Diagnostics& diagnostics);

}  // namespace espalier
