#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/data/windows.h"
#include "core/regularizer.h"
#include "core/tape.h"
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

/// Forecasts the windows with the scaled inputs x [L, F, B] in `samples` passes each. `mean` and,
/// of several samples, `deviation` get B·outputs values, laid out [window][step][target]. `numbers`
/// are the windows' in their series, B of them: random numbers are drawn by these. `x` must not lie
/// on the tape.
void forecast_batch(const Model& model, const Regularizers& regularizers, std::int64_t samples,
                    Tape& tape, const Tensor& x, std::span<const std::size_t> numbers,
                    std::span<double> mean, std::span<double> deviation);

/// Puts the quantiles of one window's forecast, [level][step][target], in ascending order where the
/// rounding of means over samples has let them cross.
void keep_order(std::span<double> forecast, std::size_t levels);

/// Forecasts every window of `indices`, in chunks. What a window's forecast comes to doesn't depend
/// on the others, nor on the number of threads, not even in its last bit: on a tape for inference
/// no kernel lets one column of a batch touch another, and random numbers are drawn by the window's
/// number in its series and the sample's number.
WindowForecasts forecast_windows(const Model& model, const Regularizers& regularizers,
                                 const Windows& windows, std::span<const std::size_t> indices,
                                 int threads);

}  // namespace espalier
