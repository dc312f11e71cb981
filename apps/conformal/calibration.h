#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"

namespace espalier {

/// What a model's forecasts missed on windows that its weights were not fitted to: the validation
/// windows, in the order of time.
struct Calibration {
  std::size_t windows = 0;
  std::size_t horizon = 1;
  std::size_t targets = 1;
  /// Scaled residuals y − ŷ, laid out [window][step][target].
  std::vector<float> residuals = {};

  std::size_t outputs() const { return horizon * targets; }
  /// Of one step and target, in the order of time.
  std::vector<double> of_output(std::size_t output) const;
};

/// Of more validation windows, so many are kept, at even distances, the last among them: files stay
/// small, and the finest level is 1000 / 1001.
inline constexpr std::size_t most_calibration_windows = 1000;

/// The residuals of `windows` windows, evenly thinned to most_calibration_windows; `residuals` as
/// in Calibration.
Calibration thinned_calibration(std::vector<float> residuals, std::size_t horizon,
                                std::size_t targets);

/// Forecasts the validation windows with the weights in place. None under the protocol `author`,
/// whose validation windows are the scored ones.
std::optional<Calibration> calibrate(const ForecastingTask& task, const Learner& learner,
                                     Protocol protocol, int threads);

/// Where a run keeps its calibration: safetensors with one tensor "residuals", F32.
std::string calibration_path(const std::string& run);

void save_calibration(const std::string& path, const Calibration& calibration);

/// That of a finished run whose model forecasts so many steps and targets. Throws UsageError where
/// the run has none, Error where the file is damaged.
Calibration load_calibration(const std::string& run, std::size_t horizon, std::size_t targets);

}  // namespace espalier
