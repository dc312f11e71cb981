#include "apps/conformal/scaled_truths.h"

#include <algorithm>

#include "apps/data/windows.h"

namespace espalier {

std::vector<ColumnScale> value_scales(const Frame& frame, const Scaling& scaling,
                                      std::span<const std::size_t> windows, std::size_t horizon) {
  std::vector<ColumnScale> scales;
  scales.reserve(windows.size() * horizon * frame.targets.size());
  for (std::size_t i = 0; i < windows.size() * horizon; ++i) {
    scales.insert(scales.end(), scaling.targets.begin(), scaling.targets.end());
  }
  return scales;
}

std::vector<double> scaled_targets(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> windows, std::size_t window,
                                   std::size_t horizon) {
  std::vector<double> values = target_values(frame, windows, window, horizon);
  const std::vector<ColumnScale> scales = value_scales(frame, scaling, windows, horizon);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = scales[i].scaled(values[i]);
  return values;
}

std::vector<double> scaled_target_rows(const Frame& frame, const Scaling& scaling,
                                       std::size_t first_row, std::size_t rows) {
  std::vector<double> values;
  const std::size_t end = std::min(first_row + rows, frame.rows());
  for (std::size_t row = first_row; row < end; ++row) {
    for (std::size_t k = 0; k < frame.targets.size(); ++k) {
      values.push_back(scaling.targets[k].scaled(frame.target_column(k)[row]));
    }
  }
  return values;
}

}  // namespace espalier
