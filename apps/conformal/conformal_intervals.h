#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/conformal/calibration.h"

namespace espalier {

enum class IntervalMethod {
  split,    ///< as wide wherever they are: see split_conformal.h
  rolling,  ///< of the file's own latest residuals: see rolling_conformal.h
};

const char* interval_method_name(IntervalMethod method);
/// "split" or "rolling".
IntervalMethod interval_method_named(const std::string& name);

/// Intervals of one level, laid out as the forecasts they are around.
struct LevelBounds {
  /// A share, as 0.9.
  double level = 0;
  std::vector<double> lower = {};
  std::vector<double> upper = {};
};

/// Scaled forecasts of windows that begin one row after another.
struct ForecastRun {
  /// [window][step][target]
  std::span<const double> forecasts;
  /// Laid out as they are, each in the units of its window.
  std::span<const double> truths;
};

/// Intervals of each level around the forecasts of a run, in scaled units. Rolling ones use, for
/// the window i (from 0), truths of the first i rows forecast and no more; split ones none.
std::vector<LevelBounds> conformal_bounds(IntervalMethod method, const Calibration& calibration,
                                          std::span<const double> levels, const ForecastRun& run);

/// The shares that percents stand for: 90 gives 0.9. Throws UsageError, naming `option`, for one
/// outside 0 … 100, one given twice, and one finer than so many calibration windows allow.
std::vector<double> interval_levels(const std::string& option, std::span<const double> percents,
                                    std::size_t windows);

}  // namespace espalier
