#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "apps/statistics/holm.h"
#include "tests/apps/statistics_golden.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;

/// Whether Holm's procedure at level `alpha` rejects test `which`, step by step: the smallest p
/// left is held against alpha over the tests left, until one is not rejected.
bool rejected(const Values& p_values, std::size_t which, double alpha) {
  std::vector<bool> left(p_values.size(), true);
  for (std::size_t tests = p_values.size(); tests > 0; --tests) {
    std::size_t smallest = p_values.size();
    for (std::size_t i = 0; i < p_values.size(); ++i) {
      if (left[i] && (smallest == p_values.size() || p_values[i] < p_values[smallest])) {
        smallest = i;
      }
    }
    if (p_values[smallest] * static_cast<double>(tests) > alpha) return false;
    if (smallest == which) return true;
    left[smallest] = false;
  }
  return false;
}

}  // namespace

TEST_CASE("Holm's adjustment worked by hand") {
  // Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, and 0.04 raised to 0.06.
  const Values adjusted = holm_adjusted(Values{0.01, 0.04, 0.03, 0.005});
  const Values expected{0.03, 0.06, 0.06, 0.02};
  REQUIRE(adjusted.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(relative_error(adjusted[i], expected[i]) <= 1e-15);
  }
  CHECK(holm_adjusted(Values{0.75, 0.875, 0.25}) == Values{1, 1, 0.75});
  CHECK(holm_adjusted(Values{0.2}) == Values{0.2});
  CHECK(holm_adjusted(Values{}).empty());
  CHECK(holm_adjusted(Values{0, 1}) == Values{0, 1});
}

TEST_CASE("rejecting what is adjusted to the level at most is Holm's procedure") {
  const Values p_values{0.0001, 0.03, 0.012, 0.02, 0.02, 0.4, 0.009, 0.001};
  const Values adjusted = holm_adjusted(p_values);
  std::size_t rejections = 0;
  for (const double alpha : {0.001, 0.01, 0.05, 0.0625, 0.1, 0.2, 0.5}) {
    for (std::size_t i = 0; i < p_values.size(); ++i) {
      CAPTURE(alpha);
      CAPTURE(i);
      CHECK((adjusted[i] <= alpha) == rejected(p_values, i, alpha));
      if (adjusted[i] <= alpha) ++rejections;
    }
  }
  CHECK(rejections > 10);
  CHECK(rejections < 50);
}

TEST_CASE("another order of the tests changes only the order of their p values") {
  Values p_values{0.04, 0.001, 0.02, 0.02, 0.9};
  Values adjusted = holm_adjusted(p_values);
  std::ranges::reverse(p_values);
  std::ranges::reverse(adjusted);
  CHECK(holm_adjusted(p_values) == adjusted);
}

TEST_CASE("what is no p value is refused") {
  for (const double p : {-0.1, 1.1, std::nan("")}) {
    CHECK(wrong_error([&] { holm_adjusted(Values{0.5, p}); }, {"[holm] p value 2 of 2 is"}) == "");
  }
}

}  // namespace espalier::test
