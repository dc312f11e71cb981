#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "core/real.h"

namespace espalier {

/// The scaled rows of a frame, from which batches of windows are gathered. Window i has the feature
/// rows i … i+L−1 as inputs and the rows i+L … i+L+h−1 of T targets to forecast.
class Windows {
 public:
  enum class Targets {
    known,    ///< lie in the frame
    unknown,  ///< may lie beyond its last row: there are windows up to it, whose targets read as 0
  };

  /// `window` is L, `horizon` is h. Throws Error where a scaled value does not fit a `real`.
  Windows(const Frame& frame, const Scaling& scaling, std::size_t window, std::size_t horizon,
          Targets targets = Targets::known);

  std::size_t count() const;
  std::size_t features() const { return features_.size(); }
  std::size_t targets() const { return targets_.size(); }
  std::size_t window() const { return window_; }
  std::size_t horizon() const { return horizon_; }
  /// Values forecast per window: h·T.
  std::size_t outputs() const { return horizon_ * targets_.size(); }

  /// Scaled values of one feature, all rows.
  std::span<const real> feature(std::size_t index) const { return features_[index]; }

  /// Writes the inputs of B = windows.size() windows to x [L, F, B] and their scaled targets to
  /// y [h·T, B], row step·T + target, both row-major. Allocates nothing. Throws Error for an index
  /// outside count().
  void gather(std::span<const std::size_t> windows, real* x, real* y) const;

 private:
  std::size_t window_;
  std::size_t horizon_;
  Targets kind_;
  /// Feature-major: one contiguous run of rows per feature, and per target.
  std::vector<std::vector<real>> features_;
  std::vector<std::vector<real>> targets_;
};

/// The targets of `windows` in file units, laid out [window][step][target] as forecasts are.
std::vector<double> target_values(const Frame& frame, std::span<const std::size_t> windows,
                                  std::size_t window, std::size_t horizon);

}  // namespace espalier
