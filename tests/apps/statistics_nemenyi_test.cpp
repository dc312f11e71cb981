#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <doctest/doctest.h>

#include "apps/statistics/nemenyi.h"
#include "apps/statistics/studentized_range.h"
#include "tests/apps/statistics_golden.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;
using Groups = std::vector<std::vector<std::size_t>>;

}  // namespace

TEST_CASE("the studentized range agrees with SciPy's") {
  // Absolute errors: SciPy's own integration stops at one of 1e-11.
  for (const nlohmann::json& golden : statistics_golden().at("studentized_range")) {
    CAPTURE(golden.dump());
    const double p = studentized_range_cdf(golden.at("q"), golden.at("groups"));
    CHECK(std::abs(p - golden.at("cdf").get<double>()) <= golden_tolerance);
  }
  for (const nlohmann::json& golden : statistics_golden().at("studentized_range_quantiles")) {
    CAPTURE(golden.dump());
    const double q = studentized_range_quantile(golden.at("alpha"), golden.at("groups"));
    CHECK(std::abs(q - golden.at("q").get<double>()) <= 1e-9);
  }
}

TEST_CASE("the range of two is the distance of a pair") {
  for (const double q : {0.1, 1.0, 2.772, 6.0, 20.0}) {
    CAPTURE(q);
    CHECK(relative_error(studentized_range_cdf(q, 2), std::erf(q / 2)) <= 1e-12);
  }
  CHECK(studentized_range_cdf(0, 3) == 0);
  CHECK(studentized_range_cdf(-1, 3) == 0);
  CHECK(relative_error(studentized_range_cdf(50, 3), 1) <= 1e-12);
  CHECK(relative_error(studentized_range_cdf(std::numeric_limits<double>::infinity(), 3), 1) <=
        1e-12);
}

TEST_CASE("quantiles invert the distribution, at any level") {
  for (const std::size_t groups : {2u, 3u, 6u, 15u, 100u}) {
    for (const double alpha : {1e-9, 1e-6, 0.001, 0.05, 0.5, 0.99, 0.999999}) {
      CAPTURE(groups);
      CAPTURE(alpha);
      const double q = studentized_range_quantile(alpha, groups);
      CHECK(std::abs(studentized_range_cdf(q, groups) - (1 - alpha)) <= 1e-12);
    }
  }
}

TEST_CASE("critical values are those of Demšar's table 5") {
  const std::array<double, 9> at_5{1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164};
  const std::array<double, 9> at_10{1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920};
  // Of its third decimals three are off by one (2.343701, 2.948320 and 2.459516 are rounded to
  // 2.343, 2.949 and 2.459); SciPy's quantiles above have more of them.
  constexpr double printed = 0.00075;
  for (std::size_t k = 2; k <= 10; ++k) {
    CAPTURE(k);
    const auto critical = [&](double alpha) {
      return studentized_range_quantile(alpha, k) / std::numbers::sqrt2;
    };
    CHECK(std::abs(critical(0.05) - at_5[k - 2]) <= printed);
    CHECK(std::abs(critical(0.10) - at_10[k - 2]) <= printed);
    // The table is fine enough to tell levels apart.
    CHECK(std::abs(critical(0.051) - at_5[k - 2]) > printed);
  }
}

TEST_CASE("the critical difference shrinks with the root of the blocks") {
  const double few = nemenyi_critical_difference(5, 10);
  CHECK(relative_error(few, 2 * nemenyi_critical_difference(5, 40)) <= 1e-14);
  CHECK(std::abs(few - 2.728 * std::sqrt(30.0 / 60)) <= 0.0005);
}

TEST_CASE(
    "cliques hold what lies closer than the critical difference, and are not part of others") {
  CHECK(cliques(Values{1, 2, 3, 4}, 1.5) == Groups{{0, 1}, {1, 2}, {2, 3}});
  CHECK(cliques(Values{1, 2, 3, 4}, 2.5) == Groups{{0, 1, 2}, {1, 2, 3}});
  CHECK(cliques(Values{1, 2, 3, 4}, 9) == Groups{{0, 1, 2, 3}});
  CHECK(cliques(Values{4, 1, 3.5, 1.5}, 1) == Groups{{1, 3}, {2, 0}});
  // Arms exactly the critical difference apart do differ.
  CHECK(cliques(Values{1, 2, 3}, 1).empty());
  CHECK(cliques(Values{2, 2, 2}, 0.5) == Groups{{0, 1, 2}});
  CHECK(cliques(Values{}, 1).empty());
  CHECK(cliques(Values{1}, 1).empty());
}

TEST_CASE("impossible comparisons are refused") {
  CHECK(wrong_error([] { nemenyi_critical_difference(1, 5); }, {"of 1 groups", "at least 2"}) ==
        "");
  CHECK(wrong_error([] { nemenyi_critical_difference(4, 0); }, {"[nemenyi]", "no block"}) == "");
  for (const double alpha : {0.0, 1e-10, 1.0, 5.0, std::nan("")}) {
    CHECK(wrong_error([&] { nemenyi_critical_difference(4, 5, alpha); }, {"alpha is"}) == "");
  }
  CHECK(wrong_error([] { studentized_range_cdf(std::nan(""), 3); }, {"not a number"}) == "");
  CHECK(wrong_error([] { cliques(Values{1, std::nan("")}, 1); }, {"value 2 of 2 is nan"}) == "");
}

}  // namespace espalier::test
