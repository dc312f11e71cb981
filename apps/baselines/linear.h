#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"

namespace espalier {

/// More inputs (window · features) than this are refused: the normal equations then take over 1 GB.
inline constexpr std::size_t most_linear_inputs = 12'000;

/// Ridge regression from the flattened, scaled window to each scaled target at each step of the
/// horizon:
///   minimise Σ (y − Wᵀx − b)² + α Σ W², the intercept b unpenalised,
/// solved in double by the normal equations of the centred inputs, (XᵀX + αI) W = XᵀY, and
/// Cholesky, one for all outputs. With p = window · features inputs and q = horizon · targets
/// outputs, fitting takes O(n·p·(p + q)) time and 8·p·(p + q) bytes.
class LinearForecaster {
 public:
  /// Fits to the windows `train`. `alpha` must exceed 0; `frame` and `scaling` must outlive this.
  LinearForecaster(const Frame& frame, const Scaling& scaling, std::span<const std::size_t> train,
                   std::size_t window, std::size_t horizon, double alpha = 1);

  /// In file units, laid out [window][step][target]. Throws Error for a window without all its
  /// input rows.
  std::vector<double> forecast(std::span<const std::size_t> windows) const;

  /// W of the scaled targets, one run of window · features weights per output
  /// step · targets + target; input t · features + f.
  std::span<const double> weights() const { return weights_; }

 private:
  std::size_t inputs() const { return window_ * features_.size(); }
  /// Writes the centred inputs of `windows`, one run of inputs() per window.
  void fill_inputs(std::span<const std::size_t> windows, std::vector<double>& block) const;
  /// Scaled, laid out [window][step][target].
  std::vector<double> scaled_targets(std::span<const std::size_t> windows) const;
  void centre(std::span<const std::size_t> train);
  void fit(std::span<const std::size_t> train, double alpha);

  const Frame& frame_;
  const Scaling& scaling_;
  std::size_t window_;
  std::size_t horizon_;
  std::size_t outputs_;
  /// features_[f][row], scaled.
  std::vector<std::vector<double>> features_;
  /// Means over the training windows, of every input and of every output.
  std::vector<double> input_means_;
  std::vector<double> target_means_;
  std::vector<double> weights_;
};

}  // namespace espalier
