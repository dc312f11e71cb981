#pragma once

#include <array>
#include <cstddef>

namespace espalier {

/// How long things took, in constant memory: each time counts to 1 %.
class Latency {
 public:
  void add(double microseconds);
  std::size_t count() const { return count_; }
  /// The time, in microseconds, that a share of them did not exceed; 0 of none.
  double quantile(double share) const;

 private:
  /// From 0.1 µs to 100 s; what lies beyond counts as these.
  static constexpr std::size_t steps = 2084;
  std::array<std::size_t, steps> counts_{};
  std::size_t count_ = 0;
};

}  // namespace espalier
