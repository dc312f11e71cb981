#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "tests/support/array.h"

namespace espalier::test {

/// An array between two margins that nobody may write to.
class Guarded {
 public:
  explicit Guarded(std::span<const real> initial)
      : size_(initial.size()), all_(initial.size() + 2 * margin, untouched) {
    std::ranges::copy(initial, data());
  }

  real* data() { return all_.data() + margin; }
  std::span<const real> values() const { return std::span(all_).subspan(margin, size_); }

  /// Empty if nothing was written to the margins.
  std::string margin_problem() const {
    for (std::size_t i = 0; i < margin; ++i) {
      if (all_[i] != untouched) return "something was written before the beginning";
      if (all_[margin + size_ + i] != untouched) return "something was written past the end";
    }
    return "";
  }
  /// Empty if the margins are whole and the values as expected (see test::difference).
  template <typename Expected>
  std::string difference(const Expected& expected, double tolerance) const {
    const std::string problem = margin_problem();
    return problem.empty() ? test::difference(values(), expected, tolerance) : problem;
  }

 private:
  static constexpr std::size_t margin = 64;
  static constexpr real untouched = 12345;

  std::size_t size_;
  std::vector<real> all_;
};

}  // namespace espalier::test
