#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// The share of values that an interval is meant to hold.
inline constexpr double interval_level = 0.9;
/// Half its width in standard deviations: the 0.95 quantile of the standard normal distribution.
inline constexpr double interval_deviations = 1.6449;

/// How far random forecasts spread, in the units of the file; lists are laid out as forecasts are.
struct Intervals {
  /// Forecasts drawn for each value.
  std::int64_t samples = 0;
  /// Standard deviation of the samples.
  std::vector<double> deviations = {};
  /// Mean ∓ interval_deviations · deviation.
  std::vector<double> lower = {};
  std::vector<double> upper = {};
  /// Share of the actual values inside their interval, bounds included.
  double coverage = 0;
  /// Mean of upper − lower, per target.
  std::vector<double> mean_widths = {};
};

/// The intervals around `means`, whose i-th entry belongs to target i mod `targets`. Throws Error
/// where the lists differ in length or a deviation is not finite.
Intervals make_intervals(std::span<const double> actual, std::span<const double> means,
                         std::vector<double> deviations, std::int64_t samples, std::size_t targets);

}  // namespace espalier
