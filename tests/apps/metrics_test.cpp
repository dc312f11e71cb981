#include "apps/metrics/metrics.h"

#include <cmath>

#include <doctest/doctest.h>

#include "apps/metrics/intervals.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("metrics: worked by hand") {
  const Values actual = {1, 2, 3, 4};
  const Values forecast = {1, 4, 2, 8};
  // Errors 0, −2, 1, −4: absolute sum 7, squared sum 21.
  CHECK(mean_absolute_error(actual, forecast) == 1.75);
  CHECK(root_mean_squared_error(actual, forecast) == std::sqrt(5.25));
  CHECK(mean_absolute_error(actual, actual) == 0);
}

TEST_CASE("metrics: each carries the id and the text of its formula") {
  const std::vector<Metric> metrics = score(Values{1, 2}, Values{2, 2});
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].id == "mae");
  CHECK(metrics[0].formula == "mean |y - y_hat|");
  CHECK(metrics[0].value == 0.5);
  CHECK(metrics[1].id == "rmse");
  CHECK(metrics[1].formula == "sqrt(mean (y - y_hat)^2)");
  CHECK(metrics[1].value == std::sqrt(0.5));
}

TEST_CASE("metrics: scaled scores divide each target's errors by its deviation") {
  // Errors 1, 20, −2, 0 of two targets in turn, in deviations of 2 and 10: 0.5, 2, −1, 0.
  const std::vector<Metric> metrics =
      scaled_score(Values{2, 30, 1, 50}, Values{1, 10, 3, 50}, Values{2, 10});
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].id == "scaled_mae");
  CHECK(metrics[0].value == 0.875);
  CHECK(metrics[1].id == "scaled_mse");
  CHECK(metrics[1].value == 1.3125);
  check_says(error_of([] { scaled_score(Values{1, 2}, Values{1}, Values{1}); }), "1 forecasts");
}

TEST_CASE("metrics: intervals, their coverage and their widths worked by hand") {
  // Of two targets in turn; half widths 1.6449, 16.449, 0 and 3.2898.
  const Intervals intervals =
      make_intervals(Values{1.6, 20, 5, 3}, Values{0, 3, 5, -1}, Values{1, 10, 0, 2}, 8, 2);
  CHECK(intervals.samples == 8);
  CHECK(intervals.lower[0] == -1.6449);
  CHECK(intervals.upper[3] == doctest::Approx(2.2898));
  // Inside: 1.6, and 5 on both its bounds.
  CHECK(intervals.coverage == 0.5);
  REQUIRE(intervals.mean_widths.size() == 2);
  CHECK(intervals.mean_widths[0] == doctest::Approx(1.6449));
  CHECK(intervals.mean_widths[1] == doctest::Approx(16.449 + 3.2898));
  check_says(error_of([] { make_intervals(Values{1}, Values{1}, Values{}, 2, 1); }),
             "0 deviations");
  check_says(error_of([] { make_intervals(Values{1}, Values{1}, Values{std::nan("")}, 2, 1); }),
             "deviation of nan");
}

TEST_CASE("metrics: nothing is scored quietly in part") {
  check_says(error_of([] { score(Values{}, Values{}); }), "nothing to score");
  check_says(error_of([] { score(Values{1, 2}, Values{1}); }), "2 values to score but 1 forecasts");
  check_says(error_of([] {
               score(Values{1, 2}, Values{1, std::nan("")});
             }),
             "forecast 2 of 2 is nan for a value of 2");
}

}  // namespace espalier
