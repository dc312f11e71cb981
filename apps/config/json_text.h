#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/settings.h"

namespace espalier {

/// The value as an error message calls it: "the number 0.5", "the text \"abc\"", "a list of 3".
std::string describe(const nlohmann::json& value);

/// What the spec takes: "an integer", "a list of texts or null".
std::string expected_type(const SettingSpec& spec);

/// The spec's bounds: "above 0", "at least 1 and at most 10"; empty where there are none.
std::string expected_range(const SettingSpec& spec);

}  // namespace espalier
