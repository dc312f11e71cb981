#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// The interval between two quantiles whose levels lie as far below 0.5 as above it.
struct CentralInterval {
  /// The share of values that it is meant to hold.
  double level = 0;
  /// Positions of its bounds among the levels.
  std::size_t lower = 0;
  std::size_t upper = 0;
};

/// Narrowest first. `levels` ascend.
std::vector<CentralInterval> central_intervals(std::span<const double> levels);

/// A column in files of forecasts.
struct QuantileColumn {
  std::string name;
  /// Position among the levels.
  std::size_t quantile = 0;
};

/// "lo-80" and "hi-80" of every central interval, named by its level in per cent, narrowest first;
/// then "q-0.3" of each level without a counterpart. The median is the forecast itself and has
/// none.
std::vector<QuantileColumn> quantile_columns(std::span<const double> levels);

/// Position of the median among levels that hold it.
std::size_t median_of(std::span<const double> levels);

/// Forecast quantiles of values that are known by now. Value i belongs to target i mod T.
struct ScoredQuantiles {
  std::vector<double> levels;
  /// For each level, in the units of the file, laid out as forecasts are.
  std::vector<std::vector<double>> values;
  /// The central ones, narrowest first.
  struct Interval {
    double level = 0;
    /// Share of the actual values inside, bounds included.
    double coverage = 0;
    /// Mean of upper − lower, per target.
    std::vector<double> mean_widths;
  };
  std::vector<Interval> intervals;
  /// pinball_loss of [level][target], in units of the target.
  std::vector<std::vector<double>> pinball;
  /// Of each level over all targets, each in units of its deviation in the training rows.
  std::vector<double> scaled_pinball;
};

/// Value i belongs to target i mod `targets`, and has the deviation i mod deviations.size(). Throws
/// Error where lists differ in length or quantiles cross.
ScoredQuantiles score_quantiles(std::vector<double> levels, std::vector<std::vector<double>> values,
                                std::span<const double> actual, std::span<const double> deviations,
                                std::size_t targets);

}  // namespace espalier
