#pragma once

#include <cstddef>
#include <vector>

#include "apps/conformal/calibration.h"

namespace espalier {

/// The finest level that n calibration windows allow: n / (n + 1).
double finest_level(std::size_t windows);

/// Split conformal intervals ŷ ± q (Papadopoulos et al. 2002; Lei et al. 2018, arXiv:1604.04173):
/// for each step and target, q is the k-th smallest of the n absolute residuals,
///   k = ⌈(n + 1) · level⌉.
/// Where residuals are exchangeable they hold at least the share `level` of the values. Returns one
/// q per step and target, in scaled units. Throws Error for a level outside 0 … finest_level(n).
std::vector<double> split_half_widths(const Calibration& calibration, double level);

/// ⌈share · (n + 1)⌉, with no more than rounding's due taken off: 0.9 · 10 is 9.
std::size_t conformal_rank(std::size_t windows, double share);

}  // namespace espalier
