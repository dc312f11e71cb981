#pragma once

#include <cstddef>

#include "apps/comparison/comparison.h"
#include "apps/config/catalogue.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// Bytes of a block's or an arm's name: file systems take 255, and names of files get suffixes.
inline constexpr std::size_t longest_name = 200;

/// Tells `diagnostics` where two blocks have one name or one is too long, as names become folders;
/// where two are one and the same run, which tests would count as more evidence than it is; and
/// where a trial's seed would be too large.
void check_blocks(const Comparison& comparison, const Catalogue& catalogue,
                  Diagnostics& diagnostics);

}  // namespace espalier
