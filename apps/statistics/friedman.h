#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/statistics/block_table.h"

namespace espalier {

/// What came of asking whether any of k arms differ over N blocks.
struct FriedmanResult {
  /// Of each arm over the blocks, 1 for the smallest value (the best, where values are errors).
  std::vector<double> average_ranks;
  /// χ²_F and its p, from the chi-square distribution with k − 1 degrees of freedom.
  double chi_square = 0;
  double chi_square_p = 1;
  /// F_F and its p, from the F distribution with k − 1 and (k − 1)(N − 1) degrees of freedom.
  double f = 0;
  double f_p = 1;
  /// 1 − Σ (t³ − t) / (N k (k² − 1)) over groups of t tied ranks; chi_square times this is the
  /// statistic without the correction, as papers often print it.
  double tie_correction = 1;
  /// Why nothing was tested, or how an extreme case was decided; else empty.
  std::string note = {};
  /// False with a single block or fewer than three arms; then only average_ranks say something.
  bool tested = true;
};

/// Friedman's test ("The use of ranks to avoid the assumption of normality implicit in the analysis
/// of variance", JASA 32, 1937), corrected for ties: with rank sums R_j,
///   χ²_F = (k − 1) Σ_j (R_j − N (k + 1) / 2)² / Σ_ij (r_ij − (k + 1) / 2)²,
/// and the less conservative F_F = (N − 1) χ²_F / (N (k − 1) − χ²_F) of Iman & Davenport
/// ("Approximations of the critical region of the Friedman statistic", Communications in Statistics
/// A 9, 1980). Extreme cases:
/// - a single block, or one or two arms: not tested (for two, Wilcoxon's test says more);
/// - all arms equal on every block: both statistics are 0 and both p are 1;
/// - all blocks rank the arms alike: F_F is infinite, where its distribution gives no p; f_p is
///   exact instead, m^(1 − N) for the m distinct orders of one block's ranks.
FriedmanResult friedman_test(const BlockTable& table);

}  // namespace espalier
