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

/// standard_scale of the first `from` values, of one more, and so on up to all: no entry depends on
/// a value behind its own. Nothing where there are fewer than `from` values, which is at least 1.
std::vector<ColumnScale> growing_scales(std::span<const double> values, std::size_t from);

/// The scales of everything a model sees of one series.
struct SeriesScaling {
  /// One per Frame::features.
  std::vector<ColumnScale> features;
  /// One per Frame::targets.
  std::vector<ColumnScale> targets;
  /// Where they differ from window to window: of each window [window][target], in place of
  /// `targets` and of the features that are targets.
  std::vector<ColumnScale> by_window = {};

  /// The targets' scales in the series' `window`-th window, from 0.
  std::span<const ColumnScale> targets_in(std::size_t window) const;
};

/// The same of all series of a frame.
struct Scaling {
  std::vector<SeriesScaling> series;

  /// Of a frame that holds one series; throws Error otherwise.
  const SeriesScaling& only() const;
};

/// `kind` is "standard" or "none" (the identity). Only the first `train_rows[s]` rows of series s
/// are looked at. A target, and a feature that is one, is scaled by its own series; other features
/// by all series together, so that what sets series apart is still seen.
Scaling fit_scaling(const Frame& frame, const std::string& kind,
                    std::span<const std::size_t> train_rows);

/// Which series of the frame each of `windows` (first input rows) lies in.
std::vector<std::size_t> series_of_windows(const Frame& frame,
                                           std::span<const std::size_t> windows);

/// Which of the targets the `feature`-th feature is; frame.targets.size() for none.
std::size_t target_that_is(const Frame& frame, std::size_t feature);

/// The target's scale for every value of a list laid out [window][step][target].
std::vector<ColumnScale> target_scales(const Frame& frame, const Scaling& scaling,
                                       std::span<const std::size_t> windows, std::size_t horizon);

}  // namespace espalier
