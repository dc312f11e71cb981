#pragma once

#include "apps/comparison/comparison.h"
#include "apps/config/catalogue.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// Tells `diagnostics` where two blocks have one name, as names become folders, or are one and the
/// same run, which tests would count as more evidence than it is.
void check_blocks(const Comparison& comparison, const Catalogue& catalogue,
                  Diagnostics& diagnostics);

}  // namespace espalier
