#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/data/windows.h"
#include "core/regularizer.h"
#include "models/model.h"

namespace espalier {

/// Scaled forecasts of windows, laid out [window][step][target].
struct WindowForecasts {
  /// As evaluation_samples says.
  std::int64_t samples = 1;
  /// Over the samples.
  std::vector<double> mean = {};
  /// Standard deviation over the samples (division by n − 1); empty for a single one.
  std::vector<double> deviation = {};
};

/// Evaluation passes per window: as many as the regularizer asks for that wants most.
std::int64_t evaluation_samples(const Regularizers& regularizers);

/// Forecasts every window of `indices`, in chunks. What a window's forecast comes to doesn't depend
/// on the others, nor on the number of threads, not even in its last bit: on a tape for inference
/// no kernel lets one column of a batch touch another, and random numbers are drawn by the window's
/// index and the sample's number.
WindowForecasts forecast_windows(const Model& model, const Regularizers& regularizers,
                                 const Windows& windows, std::span<const std::size_t> indices,
                                 int threads);

}  // namespace espalier
