#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// q_α(k) √(k (k + 1) / (6 N)): two of k arms differ at level `alpha` where their average ranks
/// over N blocks are at least this far apart, all pairs being compared (Nemenyi, "Distribution-free
/// multiple comparisons", Princeton 1963; as in Demšar, JMLR 7, 2006, section 3.2.2). q_α is the
/// quantile of the studentized range with infinite degrees of freedom over √2. Throws Error for
/// fewer than two arms, no block, or an alpha outside [1e-9, 1).
double nemenyi_critical_difference(std::size_t arms, std::size_t blocks, double alpha = 0.05);

/// The bars of a critical-difference diagram: the largest groups of two or more arms whose average
/// ranks all lie less than `critical_difference` apart. Arms as indices into `average_ranks`, best
/// first in each group; groups from best to worst. They may overlap. Throws Error where a rank is
/// not finite.
std::vector<std::vector<std::size_t>> cliques(std::span<const double> average_ranks,
                                              double critical_difference);

}  // namespace espalier
