#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"

namespace espalier {

/// The targets of `windows` in the model's units, laid out [window][step][target]; NaN for rows
/// that aren't known.
std::vector<double> scaled_targets(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> windows, std::size_t window,
                                   std::size_t horizon);

}  // namespace espalier
