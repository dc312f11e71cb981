#include "apps/prediction/latency.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr double shortest = 0.1;  // microseconds
constexpr double ratio = 1.01;    // between neighbouring steps: 0.1 · 1.01²⁰⁸³ is 100 s

}  // namespace

void Latency::add(double microseconds) {
  const double step = std::round(std::log(microseconds / shortest) / std::log(ratio));
  ++counts_[static_cast<std::size_t>(std::clamp(step, 0.0, static_cast<double>(steps - 1)))];
  ++count_;
}

double Latency::quantile(double share) const {
  if (count_ == 0) return 0;
  const double needed = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
  std::size_t below = 0;
  std::size_t step = 0;
  while (static_cast<double>(below += counts_[step]) < needed) ++step;
  return shortest * std::pow(ratio, static_cast<double>(step));
}

}  // namespace espalier
