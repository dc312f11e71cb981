#pragma once

#include <cstddef>
#include <span>

namespace espalier {

/// Up to this many pairs p is exact; above, the normal distribution is close enough.
inline constexpr std::size_t most_exact_pairs = 25;

struct WilcoxonResult {
  /// Rank sums of the pairs where the value is above its reference, and below.
  double positive_sum;
  double negative_sum;
  /// W, the smaller of the two.
  double statistic;
  /// Two-sided.
  double p;
  /// Pairs tested: those that differ.
  std::size_t pairs;
  /// Pairs dropped because both values are equal.
  std::size_t zeros;
  bool exact;
};

struct WilcoxonOptions {
  /// Moves W half a unit towards its mean under the normal approximation.
  bool continuity_correction = false;
};

/// Wilcoxon's signed-rank test ("Individual comparisons by ranking methods", Biometrics Bulletin 1,
/// 1945) of whether values[i] − reference[i], one pair per block, are symmetric around 0. Pairs
/// without a difference are dropped, as Wilcoxon does. Up to most_exact_pairs p counts the 2^n
/// signs that give a W as small, with tied ranks too; above, it is that of the normal distribution
/// with the variance corrected for ties. Without any difference p is 1. Throws Error where the
/// lists differ in length, are empty or hold a value that is not finite.
WilcoxonResult wilcoxon_signed_rank_test(std::span<const double> values,
                                         std::span<const double> reference,
                                         WilcoxonOptions options = {});

/// The p of n pairs that all differ the same way, each by another amount: 2^(1 − n), or above
/// most_exact_pairs what the normal distribution makes of it. No outcome can be more significant:
/// with 5 blocks none is below 0.0625. 1 for n = 0.
double smallest_attainable_p(std::size_t pairs);

}  // namespace espalier
