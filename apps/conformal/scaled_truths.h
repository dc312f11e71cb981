#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"

namespace espalier {

/// The targets of `windows` in the model's units, laid out [window][step][target].
std::vector<double> scaled_targets(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> windows, std::size_t window,
                                   std::size_t horizon);

/// The targets of the rows first_row … first_row + rows − 1, as far as its series is known, in
/// the model's units, laid out [row][target].
std::vector<double> scaled_target_rows(const Frame& frame, const Scaling& scaling,
                                       std::size_t first_row, std::size_t rows);

}  // namespace espalier
