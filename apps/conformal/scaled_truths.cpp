#include "apps/conformal/scaled_truths.h"

#include <algorithm>

#include "apps/data/windows.h"

namespace espalier {

std::vector<double> scaled_targets(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> windows, std::size_t window,
                                   std::size_t horizon) {
  std::vector<double> values = target_values(frame, windows, window, horizon);
  const std::vector<ColumnScale> scales = target_scales(frame, scaling, windows, horizon);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = scales[i].scaled(values[i]);
  return values;
}

std::vector<double> scaled_target_rows(const Frame& frame, const Scaling& scaling,
                                       std::size_t first_row, std::size_t rows) {
  std::vector<double> values;
  const std::size_t place = series_of_windows(frame, std::span(&first_row, 1)).front();
  const std::vector<ColumnScale>& scales = scaling.series[place].targets;
  const std::size_t end = std::min(first_row + rows, frame.all_series()[place].known_end);
  for (std::size_t row = first_row; row < end; ++row) {
    for (std::size_t k = 0; k < frame.targets.size(); ++k) {
      values.push_back(scales[k].scaled(frame.target_column(k)[row]));
    }
  }
  return values;
}

}  // namespace espalier
