#include "apps/conformal/scaled_truths.h"

#include <limits>

namespace espalier {

std::vector<double> scaled_targets(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> windows, std::size_t window,
                                   std::size_t horizon) {
  std::vector<double> values;
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, windows);
  const std::vector<ColumnScale> scales = target_scales(frame, scaling, windows, horizon);
  values.reserve(scales.size());
  for (std::size_t w = 0; w < windows.size(); ++w) {
    for (std::size_t step = 0; step < horizon; ++step) {
      const std::size_t row = windows[w] + window + step;
      for (std::size_t k = 0; k < frame.targets.size(); ++k) {
        const bool known = row < all[places[w]].known_end;
        values.push_back(known ? scales[values.size()].scaled(frame.target_column(k)[row])
                               : std::numeric_limits<double>::quiet_NaN());
      }
    }
  }
  return values;
}

}  // namespace espalier
