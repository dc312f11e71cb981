#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace espalier {

/// How good intervals [l, u] of values y are. Their functions throw Error where there is nothing to
/// score, where lists differ in length, or where a value is not finite.
struct IntervalMetrics {
  /// Share of the values in their interval, bounds included.
  double coverage = 0;
  /// mean (u − l)
  double mean_width = 0;
  /// Pinball loss of both bounds: mean (ρ_τ(y − l) + ρ_{1−τ}(y − u)) / 2 with τ = (1 − level) / 2,
  /// the quantile that the lower bound stands for.
  double pinball = 0;
};

/// `level` is a share, as 0.9.
IntervalMetrics interval_metrics(std::span<const double> actual, std::span<const double> lower,
                                 std::span<const double> upper, double level);

/// mean ρ_τ(y − q), ρ_τ(e) = τ e for e ≥ 0 and (τ − 1) e below (Koenker and Bassett 1978).
double pinball_loss(std::span<const double> actual, std::span<const double> quantile, double tau);

/// "lo-90", the name of a column; of `percent` 90.
std::string lower_name(double percent);
/// "hi-90"
std::string upper_name(double percent);

/// Quantiles that stand for a distribution: τ_k = (k − ½) / 20, k = 1 … 20, the bounds of intervals
/// of the levels 0.05, 0.15, …, 0.95.
inline constexpr std::size_t crps_quantiles = 20;

/// τ_k; `k` counts from 0.
double crps_tau(std::size_t k);

/// The continuous ranked probability score by the midpoint rule, from
///   CRPS = 2 ∫ ρ_τ(y − q_τ) dτ  ≈  2 / K Σ_k ρ_τk(y − q_τk)
/// (Gneiting and Raftery 2007, section 4.2). `losses`: the pinball loss of each τ_k.
double crps_of_quantiles(std::span<const double> losses);

}  // namespace espalier
