#pragma once

#include <nlohmann/json_fwd.hpp>

#include "apps/config/catalogue.h"
#include "apps/config/config.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// What `config`, read from `root`, says of quantiles to forecast: levels that can't be used, or
/// that its loss, its protocol or its model has no use for.
void check_quantiles(const Config& config, const nlohmann::json& root, const Catalogue& catalogue,
                     Diagnostics& diagnostics);

}  // namespace espalier
