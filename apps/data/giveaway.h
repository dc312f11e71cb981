#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/data/frame.h"

namespace espalier {

/// A feature that tells a target's future nearly as well as a copy of it would.
struct Giveaway {
  /// Indices in Frame::columns.
  std::size_t feature = 0;
  std::size_t target = 0;
  /// Of the target `shift` rows ahead, or of its mean over the next `shift` rows.
  std::size_t shift = 1;
  bool of_mean = false;
  /// Squared partial correlation, see find_giveaways.
  double squared_correlation = 0;
};

/// The share of what is new in a target's future from which on a feature gives it away.
inline constexpr double giveaway_share = 0.98;

/// Beyond the exact copies that refuse_leaks finds: features f with a squared partial correlation
/// of giveaway_share or more between f[t] and y[t + s], or the mean of y[t+1] … y[t+s], given
/// y[t], …, y[t−7], for an s from 1 to window + horizon − 1; the strongest of each feature and
/// target. Rounded and noisy copies of the future are such, differences to it, and moving averages
/// that look ahead. A feature that follows the target's past as closely is none: the target repeats
/// itself. Looks at the last two thirds of the rows,
/// 5000 at most, and at fewer s where pairs of columns are very many.
std::vector<Giveaway> find_giveaways(const Frame& frame, std::size_t window, std::size_t horizon);

/// One sentence that names the column and what it gives away.
std::string describe(const Giveaway& giveaway, const Frame& frame);

}  // namespace espalier
