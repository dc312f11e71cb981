#include "apps/data/windows.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/split.h"
#include "core/error.h"

namespace espalier {

namespace {

/// As a `real`; throws Error where it doesn't fit.
real scaled_value(const Frame& frame, std::size_t column, std::size_t row,
                  const ColumnScale& scale) {
  const double value = scale.scaled(frame.columns[column][row]);
  if (std::abs(value) <= static_cast<double>(std::numeric_limits<real>::max())) {
    return static_cast<real>(value);
  }
  throw Error(fmt::format("{}:{}: {} in column {} is too large to compute with; scale it down",
                          frame.path, frame.lines[row], frame.columns[column][row],
                          in_quotes(frame.names[column])));
}

/// One column of a frame, scaled by the series that its rows belong to. `scale_of` gives the scale
/// within a SeriesScaling.
template <typename ScaleOf>
std::vector<real> scaled_column(const Frame& frame, std::size_t column, std::span<const Series> all,
                                const Scaling& scaling, ScaleOf scale_of) {
  std::vector<real> values;
  values.reserve(frame.rows());
  for (std::size_t s = 0; s < all.size(); ++s) {
    const ColumnScale& scale = scale_of(scaling.series[s]);
    for (std::size_t row = all[s].begin; row < all[s].end; ++row) {
      values.push_back(scaled_value(frame, column, row, scale));
    }
  }
  return values;
}

void check_scales(const Frame& frame, std::span<const Series> all, const Scaling& scaling) {
  if (scaling.series.size() != all.size()) {
    throw Error(fmt::format("[windows] scales of {} series, there are {}", scaling.series.size(),
                            all.size()));
  }
  for (const SeriesScaling& scales : scaling.series) {
    if (scales.features.size() != frame.features.size()) {
      throw Error(fmt::format("[windows] {} scales for {} features", scales.features.size(),
                              frame.features.size()));
    }
    if (frame.targets.empty() || scales.targets.size() != frame.targets.size()) {
      throw Error(fmt::format("[windows] {} scales for {} targets", scales.targets.size(),
                              frame.targets.size()));
    }
  }
}

[[noreturn]] void refuse_window(std::size_t index, std::size_t count) {
  throw Error(fmt::format("[windows] window {} does not exist, there are {}", index, count));
}

}  // namespace

Windows::Windows(const Frame& frame, const Scaling& scaling, std::size_t window,
                 std::size_t horizon, Targets targets)
    : window_(window), horizon_(horizon), kind_(targets), series_(frame.all_series()) {
  check_scales(frame, series_, scaling);
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    features_.push_back(
        scaled_column(frame, frame.features[f], series_, scaling,
                      [f](const SeriesScaling& scales) { return scales.features[f]; }));
    leads_.push_back(frame.lead(f));
  }
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    targets_.push_back(
        scaled_column(frame, frame.targets[k], series_, scaling,
                      [k](const SeriesScaling& scales) { return scales.targets[k]; }));
  }
  keep_unscaled(frame, scaling);
}

void Windows::keep_unscaled(const Frame& frame, const Scaling& scaling) {
  for (std::size_t s = 0; s < series_.size(); ++s) {
    const SeriesScaling& scales = scaling.series[s];
    if (scales.by_window.empty()) continue;
    rescaled_series_.emplace(series_[s].begin, scales);
    for (std::size_t i = 0; i < count_in(series_[s]); ++i) {
      const std::size_t first = series_[s].begin + i;
      const std::size_t rows = window_ + (kind_ == Targets::known ? horizon_ : 0);
      for (std::size_t k = 0; k < targets_.size(); ++k) {
        for (std::size_t t = 0; t < rows; ++t) {
          scaled_value(frame, frame.targets[k], first + t, scales.targets_in(i)[k]);
        }
      }
    }
  }
  if (rescaled_series_.empty()) return;
  for (const std::size_t target : frame.targets) {
    unscaled_targets_.push_back(frame.columns[target]);
  }
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    target_of_feature_.push_back(target_that_is(frame, f));
  }
}

std::size_t Windows::count_in(const Series& series) const {
  const std::size_t behind = kind_ == Targets::known ? horizon_ : 0;
  const std::size_t windows = count_windows(series.known_rows(), window_, behind);
  const std::size_t lead = leads_.empty() ? 0 : std::ranges::max(leads_);
  return std::min(windows, count_windows(series.end - series.begin, window_, lead));
}

std::size_t Windows::count() const {
  std::size_t count = 0;
  for (const Series& series : series_) count += count_in(series);
  return count;
}

std::vector<std::size_t> Windows::indices() const {
  std::vector<std::size_t> all;
  for (const Series& series : series_) {
    for (std::size_t i = 0; i < count_in(series); ++i) all.push_back(series.begin + i);
  }
  return all;
}

std::vector<std::size_t> Windows::last_indices() const {
  std::vector<std::size_t> last;
  for (const Series& series : series_) {
    const std::size_t count = count_in(series);
    if (count > 0) last.push_back(series.begin + count - 1);
  }
  return last;
}

const Series* Windows::series_of(std::size_t index) const {
  const auto behind = std::ranges::upper_bound(series_, index, {}, &Series::begin);
  if (behind == series_.begin()) return nullptr;
  const Series& series = *std::prev(behind);
  return index - series.begin < count_in(series) ? &series : nullptr;
}

bool Windows::contains(std::size_t index) const {
  return series_of(index) != nullptr;
}

std::vector<std::size_t> Windows::numbers(std::span<const std::size_t> windows) const {
  std::vector<std::size_t> numbers;
  numbers.reserve(windows.size());
  for (const std::size_t index : windows) {
    const Series* series = series_of(index);
    if (series == nullptr) refuse_window(index, count());
    numbers.push_back(index - series->begin);
  }
  return numbers;
}

void Windows::gather(std::span<const std::size_t> windows, real* x, real* y) const {
  for (const std::size_t index : windows) {
    if (!contains(index)) refuse_window(index, count());
  }
  gather_scaled(windows, x, y);
  if (!rescaled_series_.empty()) rescale(windows, x, y);
}

void Windows::rescale(std::span<const std::size_t> windows, real* x, real* y) const {
  const std::size_t batch = windows.size();
  for (std::size_t b = 0; b < batch; ++b) {
    const Series& series = *series_of(windows[b]);
    const auto found = rescaled_series_.find(series.begin);
    if (found == rescaled_series_.end()) continue;
    const auto scales = found->second.targets_in(windows[b] - series.begin);
    const auto value = [&](std::size_t k, std::size_t row) {
      return static_cast<real>(scales[k].scaled(unscaled_targets_[k][row]));
    };
    for (std::size_t t = 0; t < window_; ++t) {
      for (std::size_t f = 0; f < features_.size(); ++f) {
        const std::size_t k = target_of_feature_[f];
        if (k < targets()) x[(t * features_.size() + f) * batch + b] = value(k, windows[b] + t);
      }
    }
    if (kind_ == Targets::unknown) continue;
    for (std::size_t output = 0; output < outputs(); ++output) {
      y[output * batch + b] = value(output % targets(), windows[b] + window_ + output / targets());
    }
  }
}

void Windows::gather_scaled(std::span<const std::size_t> windows, real* x, real* y) const {
  for (std::size_t t = 0; t < window_; ++t) {
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const real* rows = features_[f].data() + t + leads_[f];
      for (const std::size_t index : windows) *x++ = rows[index];
    }
  }
  if (kind_ == Targets::unknown) {
    std::fill_n(y, windows.size() * outputs(), real(0));
    return;
  }
  for (std::size_t step = 0; step < horizon_; ++step) {
    for (const std::vector<real>& target : targets_) {
      const real* rows = target.data() + window_ + step;
      for (const std::size_t index : windows) *y++ = rows[index];
    }
  }
}

std::vector<double> target_values(const Frame& frame, std::span<const std::size_t> windows,
                                  std::size_t window, std::size_t horizon) {
  const std::size_t count = count_windows(frame.rows(), window, horizon);
  std::vector<double> values;
  values.reserve(windows.size() * horizon * frame.targets.size());
  for (const std::size_t index : windows) {
    if (index >= count) refuse_window(index, count);
    for (std::size_t step = 0; step < horizon; ++step) {
      for (const std::size_t target : frame.targets) {
        values.push_back(frame.columns[target][index + window + step]);
      }
    }
  }
  return values;
}

}  // namespace espalier
