#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/data/frame.h"
#include "apps/metrics/error_metrics.h"

namespace espalier {

/// Windows whose forecasts are to be scored, and in which units.
struct ScoredWindows {
  const Frame& frame;
  std::size_t window = 0;
  std::size_t horizon = 0;
  /// First input rows, rising.
  std::vector<std::size_t> indices = {};
  /// In file units, laid out [window][step][target].
  std::vector<double> actual = {};
  /// Of each target; none where it isn't known.
  std::vector<std::optional<double>> naive_errors = {};

  std::size_t targets() const { return frame.targets.size(); }
};

/// Errors in one series, over all its windows, steps and targets.
struct SeriesErrors {
  std::string id = {};
  std::size_t windows = 0;
  ErrorMetrics errors = {};
};

/// Errors of one method, in the units of the file.
struct EvaluatedMethod {
  std::string name = {};
  ErrorMetrics all = {};
  std::vector<ErrorMetrics> by_target = {};
  std::vector<ErrorMetrics> by_step = {};
  /// Of series that have a window; a single one where a file has no column that tells them apart.
  std::vector<SeriesErrors> by_series = {};
};

/// `forecasts` in file units, laid out as ScoredWindows::actual.
EvaluatedMethod score_method(std::string name, const ScoredWindows& scored,
                             std::span<const double> forecasts);

}  // namespace espalier
