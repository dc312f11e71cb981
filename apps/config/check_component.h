#pragma once

#include <optional>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/config/config.h"
#include "apps/config/diagnostics.h"
#include "core/component.h"

namespace espalier {

/// Registered entries of one kind, as a config may name them.
struct ComponentKind {
  /// "model", "regularizer", "optimizer" or "learning-rate schedule".
  std::string name;
  std::span<const ComponentInfo> entries;
  /// Entry meant where "type" is missing; empty: "type" is required.
  std::string default_type = {};
};

/// Reads {"type": …, settings…} at `pointer`. Without a known protocol the component's own check is
/// left out.
ComponentConfig check_component(const nlohmann::json& object, const std::string& pointer,
                                const ComponentKind& kind, std::optional<Protocol> protocol,
                                Diagnostics& diagnostics);

}  // namespace espalier
