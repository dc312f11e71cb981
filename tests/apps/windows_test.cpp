#include "apps/data/windows.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "apps/data/scaler.h"
#include "apps/data/split.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Indices = std::vector<std::size_t>;
using Shares = std::vector<double>;
using Rows = std::vector<std::size_t>;

/// Two features (10·row and 100·row + 1) and the target row², which is not a feature.
Frame small_frame(std::size_t rows) {
  Frame frame;
  frame.path = "t.csv";
  frame.names = {"a", "y", "b"};
  frame.columns.resize(3);
  frame.targets = {1};
  frame.features = {0, 2};
  for (std::size_t row = 0; row < rows; ++row) {
    const double r = static_cast<double>(row);
    frame.columns[0].push_back(10 * r);
    frame.columns[1].push_back(r * r);
    frame.columns[2].push_back(100 * r + 1);
    frame.lines.push_back(row + 2);
  }
  return frame;
}

WindowSplit honest(std::size_t rows, std::size_t window, std::size_t horizon,
                   const Shares& shares = {0.7, 0.1, 0.2}) {
  return split_windows(rows, window, horizon, shares, Protocol::honest);
}

WindowSplit author(std::size_t rows, std::size_t window, std::size_t horizon = 1) {
  return split_windows(rows, window, horizon, Shares{0.8, 0.2}, Protocol::author);
}

}  // namespace

TEST_CASE("scaler: mean and population standard deviation") {
  // Mean 5, squared deviations 9 1 1 1 0 0 4 16, variance 32 / 8.
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  const ColumnScale scale = standard_scale(values);
  CHECK(scale.mean == 5);
  CHECK(scale.deviation == 2);
  CHECK(scale.scaled(9) == 2);
  CHECK(scale.restored(2) == 9);
}

TEST_CASE("scaler: a constant column scales to 0, even if its mean is rounded") {
  const ColumnScale scale = standard_scale(std::vector<double>(1000, 0.1));
  CHECK(scale.deviation == 1);
  CHECK(std::abs(scale.scaled(0.1)) < 1e-12);
  CHECK(standard_scale(std::vector<double>{1e-12, 2e-12}).deviation == doctest::Approx(5e-13));
}

TEST_CASE("scaler: sees the training rows only, and \"none\" changes nothing") {
  Frame frame = small_frame(10);
  const Scaling before = fit_scaling(frame, "standard", Rows{4});
  CHECK(before.only().features[0].mean == 15);
  CHECK(before.only().targets[0].mean == 3.5);
  for (auto& column : frame.columns) column[4] = 1e6;
  CHECK(fit_scaling(frame, "standard", Rows{4}).only().features[0].mean == 15);
  CHECK(fit_scaling(frame, "standard", Rows{5}).only().features[0].mean > 15);
  CHECK(fit_scaling(frame, "none", Rows{4}).only().features[1].scaled(7) == 7);
  check_says(error_of([&] { fit_scaling(frame, "minmax", Rows{4}); }), "\"scale\" is \"minmax\"");
  check_says(error_of([&] { standard_scale({}); }), "no rows");
  check_says(error_of([&] { standard_scale(std::vector<double>{1e308, -1e308}); }), "overflow");
}

TEST_CASE("split: honest parts hold the windows whose targets lie between the cuts") {
  // 20 rows, cuts at 14 and 16. Window i of 3 rows forecasts rows i+3 and i+4.
  const WindowSplit split = honest(20, 3, 2);
  CHECK(split.train == Indices{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(split.validation == Indices{11});
  CHECK(split.test == Indices{13, 14, 15});
  CHECK(split.straddling == 2);
  CHECK(split.train_rows.front() == 14);
}

TEST_CASE("split: cuts are not a row early where shares add up inexactly") {
  // 0.7 + 0.1 < 0.8 in binary: the second cut of ten rows is still 8.
  const WindowSplit split = honest(10, 1, 1);
  CHECK(split.validation == Indices{6});
  CHECK(split.test == Indices{7, 8});
}

TEST_CASE("split: every window has one place, for many sizes") {
  for (const auto rows : Indices{60, 101, 500, 1461}) {
    for (const auto window : Indices{1, 7, 30}) {
      for (const auto horizon : Indices{1, 3, 5}) {
        CAPTURE(rows);
        CAPTURE(window);
        CAPTURE(horizon);
        const WindowSplit split = honest(rows, window, horizon);
        const std::size_t cut = split.train_rows.front();
        CHECK(split.train.size() + split.validation.size() + split.test.size() + split.straddling ==
              rows - window - horizon + 1);
        CHECK(split.train.back() + window + horizon == cut);
        CHECK(split.validation.front() + window == cut);
        CHECK(split.validation.back() + window + horizon == split.test.front() + window);
        CHECK(split.test.back() + window + horizon == rows);
      }
    }
  }
}

TEST_CASE("split: author is the first ⌊0.8·n⌋ of N−L windows, the others scored") {
  // 800 rows and 7 of input: 793 windows, 634 of them train.
  const WindowSplit split = author(800, 7);
  CHECK(split.train.size() == 634);
  CHECK(split.test.size() == 159);
  CHECK(split.test.front() == 634);
  CHECK(split.validation == split.test);
  CHECK(split.straddling == 0);
  CHECK(split.train_rows.front() == 800);
}

TEST_CASE("split: too few rows, and how many it would take") {
  const std::string message = error_of([] { honest(100, 60, 24); });
  check_says(message,
             "100 rows are too few: window 60, horizon 24 and split [0.7, 0.1, 0.2] need 240 ");
  CHECK(error_of([] { honest(240, 60, 24); }) == "");
  // With 234 rows the cuts at ⌊163.8⌋ and ⌊187.2⌋ happen to leave the 24; with 236 they do not.
  CHECK(error_of([] { honest(234, 60, 24); }) == "");
  CHECK(error_of([] { honest(236, 60, 24); }) != "");
  check_says(error_of([] { author(5, 10); }), "5 rows are too few");
  CHECK(error_of([] { author(12, 10); }) == "");
  check_says(error_of([] {
               honest(100, 3, 1, {0.8, 0.2});
             }),
             "\"split\" is [0.8, 0.2]; expected three");
  check_says(error_of([] { honest(100, 3, 1, {0.8, 0.1, 0.2}); }), "sum to 1");
  check_says(error_of([] { honest(100, 3, 1, {0.9, 0.0, 0.1}); }), "above 0");
}

TEST_CASE("windows: a batch is gathered as x [L, F, B] and y [h, B]") {
  const Frame frame = small_frame(10);
  const Windows windows(frame, fit_scaling(frame, "none", Rows{10}), 3, 2);
  CHECK(windows.count() == 6);
  CHECK(windows.features() == 2);
  const Indices batch = {4, 0};
  std::vector<real> x(3 * 2 * 2);
  std::vector<real> y(2 * 2);
  windows.gather(batch, x.data(), y.data());
  CHECK(x == std::vector<real>{40, 0, 401, 1, 50, 10, 501, 101, 60, 20, 601, 201});
  CHECK(y == std::vector<real>{49, 9, 64, 16});
  CHECK(target_values(frame, batch, 3, 2) == std::vector<double>{49, 64, 9, 16});
  const Indices beyond = {6};
  check_says(error_of([&] { windows.gather(beyond, x.data(), y.data()); }),
             "window 6 does not exist");
  check_says(error_of([&] { target_values(frame, beyond, 3, 2); }), "window 6 does not exist");
}

TEST_CASE("windows: values are scaled, each by its own column") {
  const Frame frame = small_frame(5);
  const Windows windows(frame, fit_scaling(frame, "standard", Rows{5}), 1, 1);
  // Rows 0…4 have mean 2 and variance 2, in every linear column alike.
  for (const auto feature : Indices{0, 1}) {
    CHECK(windows.feature(feature)[4] == doctest::Approx(2 / std::sqrt(2.0)));
    CHECK(windows.feature(feature)[2] == doctest::Approx(0));
  }
}

TEST_CASE("scaler: growing scales are those of the values so far") {
  const std::vector<double> values = {5, 5, 5, 1e6, 1e6 + 1, -3, 0.1};
  const std::vector<ColumnScale> scales = growing_scales(values, 3);
  REQUIRE(scales.size() == 5);
  CHECK(scales[0].mean == 5);
  CHECK(scales[0].deviation == 1);
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const ColumnScale expected = standard_scale(std::span(values).first(3 + i));
    CHECK(scales[i].mean == doctest::Approx(expected.mean).epsilon(1e-12));
    CHECK(scales[i].deviation == doctest::Approx(expected.deviation).epsilon(1e-12));
  }
  CHECK(growing_scales(values, 8).empty());
  check_says(error_of([&] { growing_scales(values, 0); }), "no rows");
  check_says(error_of([] { growing_scales(std::vector<double>{1e308, -1e308}, 1); }), "overflow");
}

TEST_CASE("windows: a series whose scale differs from window to window") {
  // Rows 0 … 3 have one scale, rows 4 … 8 one for each window of 2 rows.
  Frame frame = small_frame(9);
  frame.features = {0, 1};
  frame.series = {{.id = "one", .begin = 0, .end = 4, .known_end = 4},
                  {.id = "two", .begin = 4, .end = 9, .known_end = 9}};
  frame.series_column = "id";
  Scaling scaling = fit_scaling(frame, "none", Rows{4, 5});
  scaling.series[1].by_window = {{16, 2}, {0, 1}, {36, 4}, {9, 1}};
  const Windows windows(frame, scaling, 2, 1);
  const Indices batch = {6, 1, 4};
  std::vector<real> x(2 * 2 * 3), y(3);
  windows.gather(batch, x.data(), y.data());
  // The target is row²: of window 6, 36, 49 and 64, and of window 4, 16, 25 and 36.
  CHECK(x == std::vector<real>{60, 10, 40, 0, 1, 0, 70, 20, 50, 3.25, 4, 4.5});
  CHECK(y == std::vector<real>{7, 9, 10});
  const std::vector<ColumnScale> scales = target_scales(frame, scaling, batch, 1);
  CHECK(scales[0].mean == 36);
  CHECK(scales[1].mean == 0);
  CHECK(scales[2].mean == 16);
  if (std::numeric_limits<real>::max() < 1e300) {
    scaling.series[1].by_window[2].deviation = 1e-300;
    check_says(error_of([&] { Windows(frame, scaling, 2, 1); }), "t.csv:9: 49 in column \"y\"");
  }
}

TEST_CASE("windows: such a series of two targets, one of them no feature") {
  Frame frame = small_frame(6);
  frame.targets = {2, 1};
  frame.features = {0, 1};
  frame.series = {{.id = "one", .begin = 0, .end = 6, .known_end = 6}};
  frame.series_column = "id";
  Scaling scaling = fit_scaling(frame, "none", Rows{6});
  // [window][target], of windows of 3 rows.
  scaling.series[0].by_window = {{1, 10}, {0, 1}, {101, 100}, {1, 2}};
  const Windows windows(frame, scaling, 3, 2);
  const Indices batch = {1};
  std::vector<real> x(3 * 2), y(2 * 2);
  windows.gather(batch, x.data(), y.data());
  // Rows 1, 2 and 3 of 10·row and of the target row²; then rows 4 and 5 of 100·row + 1 and row².
  CHECK(x == std::vector<real>{10, 0, 20, 1.5, 30, 4});
  CHECK(y == std::vector<real>{3, 7.5, 4, 12});
  const std::vector<ColumnScale> scales = target_scales(frame, scaling, batch, 2);
  REQUIRE(scales.size() == 4);
  CHECK(scales[2].deviation == 100);
  CHECK(scales[3].deviation == 2);
}

TEST_CASE("windows: a value that the engine's numbers cannot hold is refused") {
  Frame frame = small_frame(5);
  frame.columns[2][3] = 1e300;
  const Scaling none = fit_scaling(frame, "none", Rows{5});
  if (std::numeric_limits<real>::max() < 1e300) {
    check_says(error_of([&] { Windows(frame, none, 1, 1); }), "t.csv:5: 1e+300 in column \"b\"");
  }
}

}  // namespace espalier
