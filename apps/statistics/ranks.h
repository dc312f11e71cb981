#pragma once

#include <span>
#include <vector>

namespace espalier {

/// The rank of each value, 1 for the smallest; equal values share the mean of their places, so
/// that ranks are whole or half and add up to n (n + 1) / 2. Values tie where they are equal to the
/// last bit. Throws Error where one is not finite.
std::vector<double> ranks(std::span<const double> values);

/// Σ (t³ − t) over groups of t equal ranks, as corrections for ties take it; 0 without ties.
double tie_term(std::span<const double> ranks);

}  // namespace espalier
