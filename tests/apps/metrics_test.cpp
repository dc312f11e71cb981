#include "apps/evaluation/metrics.h"

#include <cmath>

#include <doctest/doctest.h>

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

TEST_CASE("metrics: nothing is scored quietly in part") {
  check_says(error_of([] { score(Values{}, Values{}); }), "nothing to score");
  check_says(error_of([] { score(Values{1, 2}, Values{1}); }), "2 values to score but 1 forecasts");
  check_says(error_of([] {
               score(Values{1, 2}, Values{1, std::nan("")});
             }),
             "forecast 2 of 2 is nan for a value of 2");
}

}  // namespace espalier
