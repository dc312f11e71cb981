#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/data/frame.h"

namespace espalier {

/// scaled = (value − mean) / deviation, in double. As made: the identity.
struct ColumnScale {
  double mean = 0;
  double deviation = 1;

  double scaled(double value) const { return (value - mean) / deviation; }
  double restored(double value) const { return value * deviation + mean; }
};

/// Mean and population standard deviation (division by n). A column that is constant, up to the
/// rounding of its own mean, gets deviation 1, so that it scales to 0. Throws Error for no values
/// or values too large to be squared.
ColumnScale standard_scale(std::span<const double> values);

/// The scales of everything a model sees.
struct Scaling {
  /// One per Frame::features.
  std::vector<ColumnScale> features;
  /// One per Frame::targets.
  std::vector<ColumnScale> targets;
};

/// `kind` is "standard" or "none" (the identity). Only the first `train_rows` rows are looked at.
Scaling fit_scaling(const Frame& frame, const std::string& kind, std::size_t train_rows);

}  // namespace espalier
