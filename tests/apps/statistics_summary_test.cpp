#include <cmath>

#include <doctest/doctest.h>

#include "apps/statistics/summary.h"
#include "tests/apps/statistics_golden.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("mean, deviation, t-interval and median agree with SciPy") {
  for (const nlohmann::json& golden : statistics_golden().at("summary")) {
    CAPTURE(golden.dump());
    const Values values = numbers(golden.at("values"));
    const Summary summary = summarise(values, golden.at("level"));
    CHECK(summary.count == values.size());
    CHECK(relative_error(summary.mean, golden.at("mean")) <= golden_tolerance);
    REQUIRE(summary.standard_deviation);
    CHECK(relative_error(*summary.standard_deviation, golden.at("standard_deviation")) <=
          golden_tolerance);
    REQUIRE(summary.interval);
    CHECK(relative_error(summary.mean - summary.interval->lower, golden.at("reach")) <=
          golden_tolerance);
    CHECK(relative_error(summary.interval->upper - summary.mean, golden.at("reach")) <=
          golden_tolerance);
    CHECK(relative_error(median(values), golden.at("median")) <= golden_tolerance);
  }
}

TEST_CASE("a summary worked by hand") {
  // Deviations from 5: −3, −1, 4, squares 26 over 2. The 0.975 quantile of t with 2 degrees of
  // freedom is 0.95 √(2 / (1 − 0.95²)), as its distribution function has a closed form.
  const Summary summary = summarise(Values{2, 4, 9});
  CHECK(summary.mean == 5);
  CHECK(*summary.standard_deviation == std::sqrt(13.0));
  const double t = 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95));
  CHECK(relative_error(summary.interval->upper - 5, t * std::sqrt(13.0 / 3)) <= 1e-12);
  CHECK(relative_error(5 - summary.interval->lower, t * std::sqrt(13.0 / 3)) <= 1e-12);
  CHECK(median(Values{9, 2, 4}) == 4);
  CHECK(median(Values{9, 2, 4, 5}) == 4.5);
}

TEST_CASE("a single value has a mean only; equal values have an interval without width") {
  const Summary one = summarise(Values{3});
  CHECK(one.count == 1);
  CHECK(one.mean == 3);
  CHECK_FALSE(one.standard_deviation);
  CHECK_FALSE(one.interval);
  const Summary equal = summarise(Values{3, 3, 3});
  CHECK(*equal.standard_deviation == 0);
  CHECK(equal.interval->lower == 3);
  CHECK(equal.interval->upper == 3);
}

TEST_CASE("values that can't be summarised are refused") {
  CHECK(wrong_error([] { summarise({}); }, {"[summary] 0 values", "at least 1"}) == "");
  CHECK(wrong_error([] { median({}); }, {"[median] 0 values"}) == "");
  CHECK(wrong_error([] { summarise(Values{1, std::nan("")}); }, {"value 2 of 2 is nan"}) == "");
  for (const double level : {0.0, 1.0, 95.0, std::nan("")}) {
    CHECK(wrong_error([&] { summarise(Values{1, 2}, level); }, {"between 0 and 1"}) == "");
  }
}

}  // namespace espalier::test
