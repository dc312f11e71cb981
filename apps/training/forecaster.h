#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/windows.h"
#include "core/regularizer.h"
#include "models/model.h"

namespace espalier {

/// Scaled forecasts for every window of `indices`, laid out [window][step], as evaluation passes
/// (averaged over as many as a regularizer asks for). Works in fixed chunks, so that the numbers
/// are the same for any number of threads.
std::vector<double> forecast_windows(const Model& model, const Regularizers& regularizers,
                                     const Windows& windows, std::span<const std::size_t> indices,
                                     int threads);

}  // namespace espalier
