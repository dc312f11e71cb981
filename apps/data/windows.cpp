#include "apps/data/windows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/split.h"
#include "core/error.h"

namespace espalier {

namespace {

std::vector<real> scaled_column(const Frame& frame, std::size_t column, const ColumnScale& scale) {
  std::vector<real> values;
  values.reserve(frame.rows());
  for (std::size_t row = 0; row < frame.rows(); ++row) {
    const double value = scale.scaled(frame.columns[column][row]);
    if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<real>::max()))) {
      throw Error(fmt::format("{}:{}: {} in column {} is too large to compute with; scale it down",
                              frame.path, frame.lines[row], frame.columns[column][row],
                              in_quotes(frame.names[column])));
    }
    values.push_back(static_cast<real>(value));
  }
  return values;
}

[[noreturn]] void refuse_window(std::size_t index, std::size_t count) {
  throw Error(fmt::format("[windows] window {} does not exist, there are {}", index, count));
}

}  // namespace

Windows::Windows(const Frame& frame, const Scaling& scaling, std::size_t window,
                 std::size_t horizon, Targets targets)
    : window_(window), horizon_(horizon), kind_(targets) {
  if (scaling.features.size() != frame.features.size()) {
    throw Error(fmt::format("[windows] {} scales for {} features", scaling.features.size(),
                            frame.features.size()));
  }
  if (frame.targets.empty() || scaling.targets.size() != frame.targets.size()) {
    throw Error(fmt::format("[windows] {} scales for {} targets", scaling.targets.size(),
                            frame.targets.size()));
  }
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    features_.push_back(scaled_column(frame, frame.features[f], scaling.features[f]));
  }
  for (std::size_t k = 0; k < frame.targets.size(); ++k) {
    targets_.push_back(scaled_column(frame, frame.targets[k], scaling.targets[k]));
  }
}

std::size_t Windows::count() const {
  const std::size_t behind = kind_ == Targets::known ? horizon_ : 0;
  return count_windows(targets_.front().size(), window_, behind);
}

void Windows::gather(std::span<const std::size_t> windows, real* x, real* y) const {
  const std::size_t count = this->count();
  for (const std::size_t index : windows) {
    if (index >= count) refuse_window(index, count);
  }
  for (std::size_t t = 0; t < window_; ++t) {
    for (const std::vector<real>& feature : features_) {
      const real* rows = feature.data() + t;
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
