// Metrics of errors and of intervals, against NumPy and SciPy by other formulas.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/metrics/error_metrics.h"
#include "apps/metrics/interval_metrics.h"
#include "tests/apps/data_files.h"
#include "tests/support/golden.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Values = std::vector<double>;

constexpr double tolerance = 1e-10;

const nlohmann::json& golden() {
  static const nlohmann::json stored = test::read_golden("metrics.json");
  return stored;
}

Values list(const nlohmann::json& stored) {
  return stored.get<Values>();
}

void check_close(double found, const nlohmann::json& expected, const char* what) {
  CAPTURE(what);
  CAPTURE(found);
  CAPTURE(expected.get<double>());
  CHECK(std::abs(found - expected.get<double>()) <=
        tolerance * std::max(1.0, std::abs(expected.get<double>())));
}

}  // namespace

TEST_CASE("error metrics agree with NumPy") {
  REQUIRE(golden().at("errors").size() == 5);
  for (const auto& made : golden().at("errors")) {
    const Values actual = list(made.at("actual"));
    const auto season = made.at("season").get<std::size_t>();
    const auto naive = naive_error(list(made.at("training")), season);
    REQUIRE(naive);
    check_close(*naive, made.at("naive"), "naive");
    const ErrorMetrics found =
        error_metrics(actual, list(made.at("forecast")), Values(actual.size(), *naive));
    check_close(found.mae, made.at("mae"), "mae");
    check_close(found.rmse, made.at("rmse"), "rmse");
    check_close(found.mape.value(), made.at("mape"), "mape");
    check_close(found.smape, made.at("smape"), "smape");
    check_close(found.mase.value(), made.at("mase"), "mase");
    CHECK(found.zeros == made.at("zeros").get<std::size_t>());
    // A wrong season or a forecast that is off by a thousandth shows.
    CHECK(std::abs(naive_error(list(made.at("training")), season + 1).value() - *naive) > 1e-3);
    Values forecast = list(made.at("forecast"));
    for (double& value : forecast) value += 1e-3;
    const ErrorMetrics off = error_metrics(actual, forecast, Values(actual.size(), *naive));
    CHECK(std::abs(off.smape - found.smape) > 1e-6);
    CHECK(std::abs(off.mape.value() - found.mape.value()) > 1e-6);
    CHECK(std::abs(off.mase.value() - found.mase.value()) > 1e-7);
  }
}

TEST_CASE("interval metrics agree with the interval score") {
  REQUIRE(golden().at("intervals").size() == 4);
  for (const auto& made : golden().at("intervals")) {
    const Values actual = list(made.at("actual")), lower = list(made.at("lower"));
    const Values upper = list(made.at("upper"));
    const double level = made.at("level").get<double>();
    const IntervalMetrics found = interval_metrics(actual, lower, upper, level);
    check_close(found.coverage, made.at("coverage"), "coverage");
    check_close(found.mean_width, made.at("mean_width"), "mean_width");
    check_close(found.pinball, made.at("pinball"), "pinball");
    CHECK(std::abs(interval_metrics(actual, lower, upper, level - 0.01).pinball - found.pinball) >
          1e-4);
  }
}

TEST_CASE("the CRPS of 20 quantiles is that of 20 equally likely values") {
  REQUIRE(golden().at("crps").size() == 3);
  for (const auto& made : golden().at("crps")) {
    const Values actual = list(made.at("actual"));
    REQUIRE(made.at("quantiles").size() == crps_quantiles);
    Values losses, shifted;
    for (std::size_t k = 0; k < crps_quantiles; ++k) {
      const Values quantile = list(made.at("quantiles")[k]);
      losses.push_back(pinball_loss(actual, quantile, crps_tau(k)));
      shifted.push_back(pinball_loss(actual, quantile, crps_tau(k) - 0.02));
    }
    const double found = crps_of_quantiles(losses);
    check_close(found, made.at("crps"), "crps");
    CHECK(std::abs(crps_of_quantiles(shifted) - found) > 1e-4);
  }
}

TEST_CASE("error metrics worked by hand, zeros among the values") {
  // Errors 1, 1, 0; relative 1/2; symmetric 2/3, 2, 0; in units of 4, 1/4, 1/4, 0.
  const ErrorMetrics found = error_metrics(Values{2, 0, 0}, Values{1, 1, 0}, Values{4, 4, 4});
  CHECK(found.mape.value() == doctest::Approx(50));
  CHECK(found.zeros == 2);
  CHECK(found.smape == doctest::Approx(100 * (2.0 / 3 + 2) / 3));
  CHECK(found.mase.value() == doctest::Approx(1.0 / 6));
  CHECK(error_metrics(Values{1, -1}, Values{-1, 1}, {}).smape == doctest::Approx(200));
  CHECK_FALSE(error_metrics(Values{0}, Values{1}, {}).mape);
  CHECK_FALSE(error_metrics(Values{1}, Values{1}, {}).mase);
}

TEST_CASE("a naive error that can't be a unit is none") {
  CHECK(naive_error(Values{1, 3, 2}, 1).value() == 1.5);
  CHECK(naive_error(Values{1, 3, 2}, 2).value() == 1);
  CHECK_FALSE(naive_error(Values{1, 3, 2}, 3));
  CHECK_FALSE(naive_error(Values{1, 3, 2}, 0));
  CHECK_FALSE(naive_error(Values{1, 2, 1, 2}, 2));
}

TEST_CASE("what can't be scored is refused") {
  const double nan = std::nan("");
  check_says(error_of([] { error_metrics(Values{}, Values{}, {}); }), "nothing to score");
  check_says(error_of([] {
               error_metrics(Values{1, 2}, Values{1, 2}, Values{1});
             }),
             "2 values but 1 naive errors");
  check_says(error_of([&] { interval_metrics(Values{1}, Values{nan}, Values{1}, 0.9); }),
             "bound 1 of 1 is nan");
  check_says(error_of([] {
               interval_metrics(Values{1}, Values{1, 2}, Values{1}, 0.9);
             }),
             "1 values to score but 2 bounds");
  check_says(error_of([] { interval_metrics(Values{}, Values{}, Values{}, 0.9); }),
             "nothing to score");
  check_says(error_of([] { crps_of_quantiles(Values{1}); }), "expected 20");
}

}  // namespace espalier
