#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/config/catalogue.h"
#include "apps/config/config.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// What a config inherits from the file it stands in.
struct ConfigOrigin {
  /// Name of the run where the config gives none.
  std::string default_name;
  /// Where relative paths lead that lead nowhere from the current directory.
  std::filesystem::path directory;
};

/// The run that the JSON object `root` describes. Everything wrong with it goes to `diagnostics`;
/// the result means something only if nothing did.
Config check_config(const nlohmann::json& root, const Catalogue& catalogue,
                    const ConfigOrigin& origin, Diagnostics& diagnostics);

}  // namespace espalier
