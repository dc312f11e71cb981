#pragma once

#include <string>
#include <string_view>

#include "apps/data/missing.h"

namespace espalier {

/// The number in a cell of `column`; NaN for a marker of a missing value. Throws Error for a text
/// that is neither.
double cell_value(std::string_view cell, const std::string& column, char decimal,
                  const MissingMarkers& markers);

}  // namespace espalier
