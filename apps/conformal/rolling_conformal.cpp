#include "apps/conformal/rolling_conformal.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/conformal/split_conformal.h"
#include "core/error.h"

namespace espalier {

ResidualWindow::ResidualWindow(std::span<const double> first) {
  const auto latest = first.last(std::min(first.size(), rolling_residuals));
  in_order_.assign(latest.begin(), latest.end());
  sorted_ = in_order_;
  std::ranges::sort(sorted_);
}

void ResidualWindow::add(double residual) {
  if (in_order_.size() < rolling_residuals) {
    in_order_.push_back(residual);
  } else {
    sorted_.erase(std::ranges::lower_bound(sorted_, in_order_[oldest_]));
    in_order_[oldest_] = residual;
    oldest_ = (oldest_ + 1) % rolling_residuals;
  }
  sorted_.insert(std::ranges::upper_bound(sorted_, residual), residual);
}

RollingConformal::RollingConformal(const Calibration& calibration, std::span<const double> levels)
    : horizon_(calibration.horizon),
      targets_(calibration.targets),
      levels_(levels.begin(), levels.end()),
      offsets_(levels.size() * outputs()),
      forecasts_(horizon_ * outputs()),
      reaches_(horizon_ * levels.size() * outputs()) {
  if (calibration.windows == 0) throw Error("[conformal] no residuals to begin with");
  for (std::size_t output = 0; output < outputs(); ++output) {
    windows_.emplace_back(calibration.of_output(output));
  }
}

RollingConformal::Reach RollingConformal::reach(std::size_t level, std::size_t output) const {
  const ResidualWindow& window = windows_[output];
  const double share = (1 + levels_[level]) / 2;  // 1 − α/2
  const std::size_t rank = std::min(conformal_rank(window.size(), share), window.size());
  const Offsets& offsets = offsets_[level * outputs() + output];
  const Reach found{.lower = window.largest(rank) - offsets.below,
                    .upper = window.smallest(rank) + offsets.above};
  if (found.lower <= found.upper) return found;
  // After many hits on either side: nothing is left between the bounds.
  const double middle = (found.lower + found.upper) / 2;
  return {.lower = middle, .upper = middle};
}

void RollingConformal::forecast(std::span<const double> forecast, std::span<double> lower,
                                std::span<double> upper) {
  const std::size_t bounds = levels_.size() * outputs();
  if (forecast.size() != outputs() || lower.size() != bounds || upper.size() != bounds ||
      origins_ != rows_learnt_) {
    throw Error(fmt::format("[conformal] {} values and {} bounds at origin {} with {} rows known",
                            forecast.size(), lower.size(), origins_, rows_learnt_));
  }
  const std::size_t place = origins_ % horizon_;
  std::ranges::copy(forecast, forecasts_.begin() + static_cast<std::ptrdiff_t>(place * outputs()));
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (std::size_t output = 0; output < outputs(); ++output) {
      const std::size_t i = level * outputs() + output;
      const Reach found = reach(level, output);
      reaches_[place * bounds + i] = found;
      lower[i] = forecast[output] + found.lower;
      upper[i] = forecast[output] + found.upper;
    }
  }
  ++origins_;
}

void RollingConformal::learn_residual(std::size_t output, std::size_t origin, double truth) {
  const std::size_t place = origin % horizon_;
  const double residual = truth - forecasts_[place * outputs() + output];
  ResidualWindow& window = windows_[output];
  const double step = rolling_rate * window.range();
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const std::size_t i = level * outputs() + output;
    const Reach& given = reaches_[place * levels_.size() * outputs() + i];
    const double due = (1 - levels_[level]) / 2;
    offsets_[i].below += step * ((residual < given.lower ? 1 : 0) - due);
    offsets_[i].above += step * ((residual > given.upper ? 1 : 0) - due);
  }
  window.add(residual);
}

void RollingConformal::learn(std::span<const double> truths) {
  if (truths.size() != origins_ * outputs() || rows_learnt_ + 1 != origins_) {
    throw Error(fmt::format("[conformal] {} values of row {} after origin {}", truths.size(),
                            rows_learnt_, origins_));
  }
  for (std::size_t step = 0; step < horizon_ && step <= rows_learnt_; ++step) {
    const std::size_t origin = rows_learnt_ - step;
    for (std::size_t target = 0; target < targets_; ++target) {
      const std::size_t output = step * targets_ + target;
      learn_residual(output, origin, truths[origin * outputs() + output]);
    }
  }
  ++rows_learnt_;
}

}  // namespace espalier
