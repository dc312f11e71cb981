#pragma once

#include <span>
#include <vector>

namespace espalier {

/// p values of m tests made together, adjusted as by Holm ("A simple sequentially rejective
/// multiple test procedure", Scandinavian Journal of Statistics 6, 1979): the i-th smallest times
/// m − i + 1, at least the one before it, at most 1; in the order given. Rejecting what is at most
/// α keeps the chance of any false rejection at α. Throws Error where one is not in [0, 1].
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace espalier
