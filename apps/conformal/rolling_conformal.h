#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/conformal/calibration.h"

namespace espalier {

/// Rolling intervals look at so many residuals, the latest.
inline constexpr std::size_t rolling_residuals = 500;
/// How far a bound moves after a miss, as a share of the range of the residuals looked at.
inline constexpr double rolling_rate = 0.02;

/// The latest residuals of one step and target.
class ResidualWindow {
 public:
  /// Keeps the last rolling_residuals of `first`, which are in the order of time.
  explicit ResidualWindow(std::span<const double> first);

  void add(double residual);
  std::size_t size() const { return sorted_.size(); }
  /// The rank-th smallest, from 1.
  double smallest(std::size_t rank) const { return sorted_[rank - 1]; }
  /// The rank-th largest, from 1.
  double largest(std::size_t rank) const { return sorted_[sorted_.size() - rank]; }
  double range() const { return sorted_.back() - sorted_.front(); }

 private:
  std::vector<double> in_order_;
  /// Of `in_order_`, which is a ring once it is full.
  std::size_t oldest_ = 0;
  std::vector<double> sorted_;
};

/// Intervals that adapt as the truth becomes known: a quantile of the latest residuals on either
/// side, and an offset that learns from misses (the quantile tracking of conformal PID control,
/// Angelopoulos, Candès and Tibshirani 2023, arXiv:2307.16895, with the latest residuals' quantile
/// as the scorecaster). With α = 1 − level and n residuals in the window, for each step and target,
///   [ŷ + r₍n+1−k₎ − a, ŷ + r₍k₎ + b],   k = min(n, ⌈(n + 1)(1 − α/2)⌉),
/// and once a truth is known, R being the range of the residuals in the window,
///   a += 0.02 R (1[y below] − α/2),   b += 0.02 R (1[y above] − α/2).
/// Whatever the data do, a bound that is missed too often moves out until it isn't.
///
/// The window begins with the calibration's residuals. To be called for origins one row apart:
/// forecast, learn, forecast, learn …: the residual of step s from origin t is looked at when row
/// t + s is known, and not before.
class RollingConformal {
 public:
  RollingConformal(const Calibration& calibration, std::span<const double> levels);

  /// Bounds around `forecast` ([step][target], scaled) from the next origin, laid out
  /// [level][step][target].
  void forecast(std::span<const double> forecast, std::span<double> lower, std::span<double> upper);

  /// The row after the latest origin: the truths of all origins so far, laid out
  /// [origin][step][target] and scaled as their forecasts were. Looks at those of this row alone.
  void learn(std::span<const double> truths);

 private:
  /// How far the bounds of one level, step and target are beyond the window's quantiles.
  struct Offsets {
    double below = 0, above = 0;
  };
  /// Bounds given, less their forecast.
  struct Reach {
    double lower = 0, upper = 0;
  };

  Reach reach(std::size_t level, std::size_t output) const;
  void learn_residual(std::size_t output, std::size_t origin, double truth);
  std::size_t outputs() const { return horizon_ * targets_; }

  std::size_t horizon_;
  std::size_t targets_;
  std::vector<double> levels_;
  /// One per output.
  std::vector<ResidualWindow> windows_;
  /// [level][output]
  std::vector<Offsets> offsets_;
  /// Of the last `horizon_` origins, origin t at t mod horizon_: [origin][output] and
  /// [origin][level][output].
  std::vector<double> forecasts_;
  std::vector<Reach> reaches_;
  std::size_t origins_ = 0;
  std::size_t rows_learnt_ = 0;
};

}  // namespace espalier
