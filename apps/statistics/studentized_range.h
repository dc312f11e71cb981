#pragma once

#include <cstddef>

namespace espalier {

/// P(range ≤ q) for the range, largest minus smallest, of `groups` independent standard normal
/// numbers: Tukey's studentized range with infinite degrees of freedom,
///   k ∫ φ(z) (Φ(z) − Φ(z − q))^(k − 1) dz,
/// z being the largest of them. Throws Error for fewer than two groups or for a q that is not a
/// number.
double studentized_range_cdf(double q, std::size_t groups);

/// The q that the range exceeds with probability `alpha` in [1e-9, 1). Throws Error for an alpha
/// out of range or fewer than two groups.
double studentized_range_quantile(double alpha, std::size_t groups);

}  // namespace espalier
