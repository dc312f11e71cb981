// Quantile forecasts: their columns, their scores worked by hand, and how they leave the network.

#include "apps/metrics/quantiles.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/metrics/interval_metrics.h"
#include "apps/training/forecaster.h"
#include "apps/training/forecasting_task.h"
#include "core/forward.h"
#include "models/lstm.h"
#include "regularizers/mc_dropout.h"
#include "tests/apps/data_files.h"

namespace espalier {
namespace {

using Values = std::vector<double>;

std::vector<std::string> column_names(const Values& levels) {
  std::vector<std::string> names;
  for (const QuantileColumn& column : quantile_columns(levels)) names.push_back(column.name);
  return names;
}

TEST_CASE("two levels as far from 0.5 make an interval, others stand by themselves") {
  using Names = std::vector<std::string>;
  CHECK(column_names({0.1, 0.5, 0.9}) == Names{"lo-80", "hi-80"});
  CHECK(column_names({0.025, 0.1, 0.5, 0.9, 0.975}) == Names{"lo-80", "hi-80", "lo-95", "hi-95"});
  CHECK(column_names({0.05, 0.3, 0.5, 0.95, 0.995}) == Names{"lo-90", "hi-90", "q-0.3", "q-0.995"});
  CHECK(column_names({0.5}) == Names{});
  CHECK(column_names({}) == Names{});
  const auto columns = quantile_columns(Values{0.05, 0.3, 0.5, 0.95, 0.995});
  for (std::size_t i = 0; const std::size_t expected : {0U, 3U, 1U, 4U}) {
    CHECK(columns[i++].quantile == expected);
  }
  // As written, not 0.8999999999999999.
  const auto intervals = central_intervals(Values{0.05, 0.45, 0.5, 0.55, 0.95});
  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0].level == 0.1);
  CHECK(intervals[1].level == 0.9);
  CHECK(median_of(Values{0.05, 0.5, 0.6}) == 1);
}

TEST_CASE("coverage, widths and pinball losses worked by hand, two targets") {
  // Values of targets a and b in turn; those of b have a deviation of 10.
  const Values actual{1, 20, 5, 40};
  const std::vector<Values> forecasts{{0, 20, 6, 30}, {2, 30, 6, 35}, {4, 40, 7, 36}};
  const ScoredQuantiles scored =
      score_quantiles({0.1, 0.5, 0.9}, forecasts, actual, Values{1, 10}, 2);
  REQUIRE(scored.intervals.size() == 1);
  CHECK(scored.intervals[0].level == 0.8);
  // 1 in [0, 4]; 20 on the bound of [20, 40]; 5 below [6, 7]; 40 above [30, 36].
  CHECK(scored.intervals[0].coverage == 0.5);
  CHECK(scored.intervals[0].mean_widths == Values{2.5, 13});
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-12); };
  // At 0.1, errors 1 and −1 of a, 0 and 10 of b.
  CHECK(scored.pinball[0][0] == near((0.1 * 1 + 0.9 * 1) / 2));
  CHECK(scored.pinball[0][1] == near(0.1 * 10 / 2));
  CHECK(scored.scaled_pinball[0] == near((0.1 + 0.9 + 0 + 0.1 * 10 / 10) / 4));
  // The median's is half the mean absolute error.
  CHECK(scored.pinball[1][0] == near(0.5 * (1 + 1) / 2));
  CHECK(scored.pinball[1][1] == near(0.5 * (10 + 5) / 2));
  // At 0.9, errors −3 and −2 of a, −20 and 4 of b.
  CHECK(scored.pinball[2][0] == near((0.1 * 3 + 0.1 * 2) / 2));
  CHECK(scored.pinball[2][1] == near((0.1 * 20 + 0.9 * 4) / 2));
  CHECK(pinball_loss(actual, forecasts[2], 0.9) == near((0.3 + 2 + 0.2 + 3.6) / 4));
}

TEST_CASE("quantiles that cross or don't match what happened are refused") {
  const auto message = [](const std::vector<Values>& values) {
    return testing::error_of([&] {
      score_quantiles({0.1, 0.5}, values, Values{1, 2}, Values{1}, 1);
    });
  };
  CHECK(message({{1, 2}, {1, 3}}) == "");
  testing::check_says(message({{1, 2}, {1, 1.5}}),
                      "forecast 2 is 2 at the level 0.1 and 1.5 at 0.5");
  testing::check_says(message({{1, 2}, {1}}), "2 values and 1 forecasts");
  testing::check_says(message({{1, 2}}), "2 values and 1 forecasts");
}

/// Two targets, three steps, four levels, of a network with large weights.
struct Forecasting {
  explicit Forecasting(std::int64_t samples = 1) {
    model.initialise(RandomKey(1));
    for (real& value : model.parameters().values()) value *= 6;
    if (samples > 1) {
      regularizers.push_back(
          std::make_unique<McDropout>(0.3, std::vector{Site::head}, samples, RandomKey(2)));
    }
    indices.resize(task.windows.count());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
  }

  static std::string table() {
    std::string text = "y,z\n";
    for (int row = 0; row < 400; ++row) {
      text += std::to_string(row * 7 % 13) + "," + std::to_string(row * 5 % 11) + "\n";
    }
    return text;
  }
  static ForecastingTask load(const std::string& path) {
    DataConfig config = testing::data_config(path, "y");
    config.targets = {"y", "z"};
    config.window = 5;
    config.horizon = 3;
    return load_task(config, Protocol::honest);
  }

  WindowForecasts forecasts(int threads = 1) const {
    return forecast_windows(model, regularizers, task.windows, indices, threads);
  }

  testing::TemporaryFile file{table()};
  ForecastingTask task = load(file.path());
  Values levels{0.1, 0.5, 0.6, 0.9};
  LstmForecaster model{
      ForecastShape{.window = 5, .features = 2, .horizon = 3, .targets = 2, .quantiles = levels},
      "lstm", 4, 1};
  Regularizers regularizers;
  std::vector<std::size_t> indices;
};

TEST_CASE("each level's forecasts are rows of the network, the median is the forecast") {
  const Forecasting one;
  const WindowForecasts found = one.forecasts();
  REQUIRE(found.quantiles.size() == 4);
  CHECK(found.mean == found.quantiles[1]);
  CHECK(found.deviation.empty());
  const std::size_t rows = 3 * 2;
  for (const std::size_t window : {std::size_t{0}, one.indices.size() - 1}) {
    Tape tape(Tape::Mode::inference);
    const Tensor x = tape.arena().allocate(Shape{5, 2, 1});
    const Tensor y = tape.arena().allocate(Shape{6, 1});
    one.task.windows.gather(std::span(&window, 1), x.data, y.data);
    Forward pass(tape, one.regularizers, Forward::Purpose::evaluation, 0);
    const Tensor out = one.model.forward(pass, tape.constant(x)).value();
    REQUIRE(out.size() == 4 * 6);
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t row = 0; row < rows; ++row) {
        const real expected = out[static_cast<std::int64_t>(k * rows + row)];
        CHECK(found.quantiles[k][window * rows + row] ==
              doctest::Approx(static_cast<double>(expected)).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("no quantile crosses another, averaged over random passes or not, on any threads") {
  for (const std::int64_t samples : {1, 7}) {
    CAPTURE(samples);
    const Forecasting one(samples);
    const WindowForecasts found = one.forecasts();
    CHECK(found.quantiles == one.forecasts(3).quantiles);
    CHECK(found.mean == found.quantiles[1]);
    CHECK(found.deviation.size() == (samples > 1 ? found.mean.size() : 0));
    std::size_t apart = 0;
    for (std::size_t k = 1; k < 4; ++k) {
      REQUIRE(found.quantiles[k].size() == one.indices.size() * 6);
      for (std::size_t i = 0; i < found.mean.size(); ++i) {
        CHECK_FALSE(found.quantiles[k - 1][i] > found.quantiles[k][i]);
        apart += found.quantiles[k - 1][i] < found.quantiles[k][i];
      }
    }
    CHECK(apart > 2 * found.mean.size());
  }
}

}  // namespace
}  // namespace espalier
