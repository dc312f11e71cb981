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
  /// Over the samples; of a model of quantiles, that of the medians.
  std::vector<double> mean = {};
  /// Standard deviation over the samples (division by n − 1); empty for a single one.
  std::vector<double> deviation = {};
  /// Of a model of quantiles, for each level the mean over the samples (Vincent's average of
  /// distributions), laid out as `mean`; for one window, step and target they never descend.
  std::vector<std::vector<double>> quantiles = {};
};

/// Evaluation passes per window: as many as the regularizer asks for that wants most.
std::int64_t evaluation_samples(const Regularizers& regularizers);

/// Forecasts every window of `indices`. Works in fixed chunks, whose random numbers depend on
/// chunk and sample alone, so that the result is the same for any number of threads.
WindowForecasts forecast_windows(const Model& model, const Regularizers& regularizers,
                                 const Windows& windows, std::span<const std::size_t> indices,
                                 int threads);

}  // namespace espalier
