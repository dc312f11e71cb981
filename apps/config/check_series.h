#pragma once

#include "apps/config/config.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// Tells of settings about several series, and about what is known ahead, that can't work together.
void check_series(const DataConfig& data, Diagnostics& diagnostics);

}  // namespace espalier
