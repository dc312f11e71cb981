#include "apps/baselines/baselines.h"

#include <doctest/doctest.h>

#include "apps/baselines/linear.h"
#include "apps/data/scaler.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Indices = std::vector<std::size_t>;
using Values = std::vector<double>;

Frame frame_of(const std::vector<Values>& columns) {
  Frame frame;
  frame.columns = columns;
  frame.targets = {columns.size() - 1};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    frame.names.push_back("column " + std::to_string(c));
    frame.features.push_back(c);
  }
  frame.lines.resize(columns.front().size());
  return frame;
}

/// 24 rows of 7r mod 11, 5r² mod 13 and, the target, (3r² + r) mod 17.
Frame golden_frame() {
  std::vector<Values> columns(3);
  for (int r = 0; r < 24; ++r) {
    columns[0].push_back(7 * r % 11);
    columns[1].push_back(5 * r * r % 13);
    columns[2].push_back((3 * r * r + r) % 17);
  }
  return frame_of(columns);
}

DataConfig golden_config() {
  DataConfig config = testing::data_config("", "y");
  config.window = 3;
  config.horizon = 2;
  config.season = 5;
  return config;
}

WindowSplit golden_split() {
  return split_windows(24, 3, 2, Values{0.7, 0.1, 0.2}, Protocol::honest);
}

void check_close(const Values& found, const Values& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-9));
  }
}

}  // namespace

TEST_CASE("baselines: persistence repeats the last target known") {
  const Frame frame = frame_of({{1, 4, 9, 16, 25, 36}});
  CHECK(persistence_forecasts(frame, Indices{0, 2}, 2, 2) == Values{4, 4, 16, 16});
}

TEST_CASE("baselines: seasonal naive goes back whole seasons until the value is known") {
  const Frame frame = frame_of({{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}});
  // Window 3 forecasts rows 6 … 10; row 5 is the last one known.
  CHECK(seasonal_naive_forecasts(frame, Indices{3}, 3, 5, 2) == Values{4, 5, 4, 5, 4});
  CHECK(seasonal_naive_forecasts(frame, Indices{3}, 3, 5, 1) == Values{5, 5, 5, 5, 5});
  CHECK(seasonal_naive_forecasts(frame, Indices{3}, 3, 2, 6) == Values{0, 1});
  check_says(error_of([&] { seasonal_naive_forecasts(frame, Indices{3}, 3, 2, 7); }),
             "\"season\" is 7 rows, but only 6 come before");
}

TEST_CASE("baselines: ridge regression worked by hand") {
  // Inputs −1, 1, −1, 1 (ΣX² = 4), targets 1, 5, 3, 7 (mean 4): ΣXY = 3 + 1 + 1 + 3, W = 8 / (4 +
  // 1).
  Frame frame = frame_of({{-1, 1, -1, 1, 1}, {0, 1, 5, 3, 7}});
  frame.features = {0};
  Scaling scaling;
  scaling.series.resize(1);
  scaling.series[0].features.resize(1);
  scaling.series[0].targets.resize(1);
  const LinearForecaster linear(frame, scaling, Indices{0, 1, 2, 3}, 1, 1);
  check_close({linear.weights().begin(), linear.weights().end()}, {1.6});
  check_close(linear.forecast(Indices{0, 1, 4}), {2.4, 5.6, 5.6});
  const LinearForecaster stiff(frame, scaling, Indices{0, 1, 2, 3}, 1, 1, 1e12);
  check_close(stiff.forecast(Indices{0}), {4});
  check_says(error_of([&] { linear.forecast(Indices{5}); }),
             "window 5 reaches beyond the last row");
  check_says(error_of([&] { LinearForecaster(frame, scaling, Indices{}, 1, 1); }),
             "no training windows");
}

// Computed in plain Python: columns standardised by mean and population deviation of rows 0 … 15,
// X[i] = [column[f][i + t] for t for f], then (Xc'Xc + I) W = Xc'Yc by Gauss-Jordan elimination,
// forecast = mean(Y) + (x − mean(X)) W.
TEST_CASE("baselines: all of them, against independent numbers") {
  const WindowSplit split = golden_split();
  CHECK(split.test == Indices{16, 17, 18, 19});
  const auto baselines = forecast_baselines(golden_frame(), golden_config(), split, split.test);
  REQUIRE(baselines.size() == 3);
  CHECK(baselines[0].name == "persistence");
  CHECK(baselines[0].forecasts == Values{4, 4, 14, 14, 13, 13, 1, 1});
  CHECK(baselines[1].name == "seasonal_naive");
  CHECK(baselines[1].forecasts == Values{7, 10, 10, 2, 2, 0, 0, 4});
  CHECK(baselines[2].name == "linear");
  check_close(baselines[2].forecasts,
              {12.764457533851, 8.122725827376, 6.96607343415, 8.555551945678, 3.92214266793,
               6.49746864842, 10.275562880611, 9.666526176295});
}

TEST_CASE("baselines: nothing after the training rows changes what was fitted") {
  const WindowSplit split = golden_split();
  Frame frame = golden_frame();
  DataConfig config = golden_config();
  config.season.reset();
  const auto linear = [&] {
    const Baseline last = forecast_baselines(frame, config, split, split.train).back();
    CHECK(last.name == "linear");
    return last.forecasts;
  };
  const Values before = linear();
  for (auto& column : frame.columns) {
    for (std::size_t row = split.train_rows.front(); row < column.size(); ++row)
      column[row] = -1000;
  }
  CHECK(linear() == before);
  frame.columns[0][split.train_rows.front() - 2] = -1000;
  CHECK(linear() != before);
}

TEST_CASE("baselines: no season, no seasonal baseline; blocks of windows join without a seam") {
  DataConfig config = testing::data_config(testing::own_data("seattle-weather.csv"), "temp_max");
  config.horizon = 2;
  const Frame frame = read_frame(config, Protocol::honest);
  const WindowSplit split = split_windows(frame.rows(), 30, 2, config.split, Protocol::honest);
  const auto baselines = forecast_baselines(frame, config, split, split.test);
  REQUIRE(baselines.size() == 2);
  REQUIRE(split.test.size() > 256);
  const auto tail = std::span(split.test).subspan(250);
  const auto again = forecast_baselines(frame, config, split, tail);
  for (std::size_t b = 0; b < 2; ++b) {
    const Values& all = baselines[b].forecasts;
    CHECK(all.size() == 2 * split.test.size());
    check_close({all.begin() + 500, all.end()}, again[b].forecasts);
  }
}

}  // namespace espalier
