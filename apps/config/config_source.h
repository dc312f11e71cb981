#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "apps/config/check_config.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// A config's text, parsed and overridden, but not judged yet.
struct ConfigSource {
  /// An object.
  nlohmann::json root;
  ConfigOrigin origin;
  /// Knows where everything in `root` comes from.
  Diagnostics diagnostics;
};

/// Throws ConfigError where `text` is no JSON object; `file_name` stands in messages.
ConfigSource read_source(const std::string& text, const std::string& file_name,
                         std::span<const std::string> overrides);

}  // namespace espalier
