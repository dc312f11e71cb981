#pragma once

#include <string>

#include "apps/config/catalogue.h"
#include "apps/config/config.h"

namespace espalier {

/// `config` as JSON text with every default written out, in the order of the specs; ends with a
/// line break. Read back with the same catalogue and current directory it gives an equal config.
/// Throws Error where a component's type is not in `catalogue`.
std::string resolved_json(const Config& config, const Catalogue& catalogue);

}  // namespace espalier
