#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "core/real.h"

namespace espalier {

/// The scaled rows of a frame, from which batches of windows are gathered. Window i has the feature
/// rows i … i+L−1 as inputs and the rows i+L … i+L+h−1 of T targets to forecast, all of one series.
/// A feature with a lead of h is seen that many rows ahead: rows i+h … i+h+L−1.
class Windows {
 public:
  enum class Targets {
    known,    ///< lie in the frame
    unknown,  ///< may lie beyond its last row: there are windows up to it, whose targets read as 0
  };

  /// `window` is L, `horizon` is h. Throws Error where a scaled value does not fit a `real`.
  Windows(const Frame& frame, const Scaling& scaling, std::size_t window, std::size_t horizon,
          Targets targets = Targets::known);

  /// Of all series.
  std::size_t count() const;
  /// Every window, series by series.
  std::vector<std::size_t> indices() const;
  /// The last window of every series that has one.
  std::vector<std::size_t> last_indices() const;
  /// Whether there is a window that begins at row `index`.
  bool contains(std::size_t index) const;
  /// Where each window stands among those of its own series, from 0: what a window is called
  /// whatever other series the file holds. Throws Error for an index that isn't a window's.
  std::vector<std::size_t> numbers(std::span<const std::size_t> windows) const;
  std::size_t features() const { return features_.size(); }
  std::size_t targets() const { return targets_.size(); }
  std::size_t window() const { return window_; }
  std::size_t horizon() const { return horizon_; }
  /// Values forecast per window: h·T.
  std::size_t outputs() const { return horizon_ * targets_.size(); }

  /// Scaled values of one feature, all rows of all series.
  std::span<const real> feature(std::size_t index) const { return features_[index]; }

  /// Writes the inputs of B = windows.size() windows to x [L, F, B] and their scaled targets to
  /// y [h·T, B], row step·T + target, both row-major. Allocates nothing. Throws Error for an index
  /// that isn't a window's.
  void gather(std::span<const std::size_t> windows, real* x, real* y) const;

 private:
  /// Windows of one series.
  std::size_t count_in(const Series& series) const;
  /// The series that the window which begins at row `index` is of; nothing where there is none.
  const Series* series_of(std::size_t index) const;
  /// Keeps what `rescale` needs. Throws Error where a value scaled for a window fits no `real`.
  void keep_unscaled(const Frame& frame, const Scaling& scaling);
  /// What gather does where each series has one scale.
  void gather_scaled(std::span<const std::size_t> windows, real* x, real* y) const;
  /// Writes again what belongs to windows with scales of their own.
  void rescale(std::span<const std::size_t> windows, real* x, real* y) const;

  std::size_t window_;
  std::size_t horizon_;
  Targets kind_;
  std::vector<Series> series_;
  std::vector<std::size_t> leads_;
  /// Feature-major: one contiguous run of rows per feature, and per target.
  std::vector<std::vector<real>> features_;
  std::vector<std::vector<real>> targets_;

  /// For series whose scales differ from window to window; empty where there are none.
  std::map<std::size_t, SeriesScaling> rescaled_series_;  // by their first row
  std::vector<std::vector<double>> unscaled_targets_;     // [target][row]
  std::vector<std::size_t> target_of_feature_;            // targets() for none
};

/// The targets of `windows` in file units, laid out [window][step][target] as forecasts are.
std::vector<double> target_values(const Frame& frame, std::span<const std::size_t> windows,
                                  std::size_t window, std::size_t horizon);

}  // namespace espalier
