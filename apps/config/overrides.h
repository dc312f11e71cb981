#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/config/diagnostics.h"

namespace espalier {

/// Sets values of `config` from `path.to.key=value`, in order, so that the last one wins. A list's
/// entry is named by its index, from 0. The value is read as JSON, or, where it is none, as a text.
/// Objects on the way are made where they lack. What cannot be applied goes to `diagnostics`, which
/// also learns which values came from here.
void apply_overrides(nlohmann::json& config, std::span<const std::string> overrides,
                     Diagnostics& diagnostics);

}  // namespace espalier
