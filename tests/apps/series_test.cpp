// Several series in one frame: each must be treated as if it were alone.
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/config/sections.h"
#include "apps/data/calendar.h"
#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"
#include "tests/apps/data_files.h"

namespace espalier {
namespace {

using testing::check_says;
using testing::error_of;

using Indices = std::vector<std::size_t>;

double value_of(const std::string& id, int row) {
  return id == "a" ? 10 + row % 7 + 0.1 * row : 500 - 3 * row + 20 * (row % 5);
}

/// Rows of series `id`, with a weekday covariate; every line ends with a newline.
std::vector<std::string> lines_of(const std::string& id, int rows, bool named) {
  std::vector<std::string> lines;
  for (int row = 0; row < rows; ++row) {
    lines.push_back(fmt::format("{}2024-{:02}-{:02},{},{}\n", named ? id + "," : "", 1 + row / 28,
                                1 + row % 28, value_of(id, row), row % 4));
  }
  return lines;
}

std::string alone(const std::string& id, int rows) {
  std::string text = "ds,y,promo\n";
  for (const std::string& line : lines_of(id, rows, false)) text += line;
  return text;
}

/// Both series, row by row in turn.
std::string both(int rows_a, int rows_b) {
  const auto a = lines_of("a", rows_a, true);
  const auto b = lines_of("b", rows_b, true);
  std::string text = "unique_id,ds,y,promo\n";
  for (std::size_t row = 0; row < std::max(a.size(), b.size()); ++row) {
    if (row < b.size()) text += b[row];
    if (row < a.size()) text += a[row];
  }
  return text;
}

DataConfig config_of(const std::string& path) {
  DataConfig config = testing::data_config(path, "y");
  config.time = {"ds"};
  config.window = 6;
  config.horizon = 2;
  return config;
}

DataConfig long_config_of(const std::string& path) {
  DataConfig config = config_of(path);
  config.series = "unique_id";
  return config;
}

struct Batch {
  std::vector<real> x, y;
  bool operator==(const Batch&) const = default;
};

Batch batch_of(const Windows& windows, const Indices& indices) {
  Batch batch{std::vector<real>(indices.size() * windows.window() * windows.features()),
              std::vector<real>(indices.size() * windows.outputs())};
  windows.gather(indices, batch.x.data(), batch.y.data());
  return batch;
}

Indices moved(Indices indices, std::size_t by) {
  for (std::size_t& index : indices) index += by;
  return indices;
}

TEST_CASE("series: each is cut, scaled and windowed as if it were alone in its file") {
  const testing::TemporaryFile a(alone("a", 60));
  const testing::TemporaryFile b(alone("b", 44));
  const testing::TemporaryFile file(both(60, 44));
  const auto target_only = [](DataConfig config) {
    config.features = std::vector<std::string>{"y"};
    return config;
  };
  const ForecastingTask task_a = load_task(target_only(config_of(a.path())), Protocol::honest);
  const ForecastingTask task_b = load_task(target_only(config_of(b.path())), Protocol::honest);
  const ForecastingTask task =
      load_task(target_only(long_config_of(file.path())), Protocol::honest);
  // b begins in the file first.
  REQUIRE(task.frame.series.size() == 2);
  CHECK(task.frame.series[0].id == "b");
  CHECK(task.frame.series[1].begin == 44);
  CHECK(task.windows.count() == task_a.windows.count() + task_b.windows.count());

  const auto compare_part = [&](Indices WindowSplit::*part, const char* name) {
    CAPTURE(name);
    Indices expected = task_b.split.*part;
    const Indices of_a = moved(task_a.split.*part, 44);
    expected.insert(expected.end(), of_a.begin(), of_a.end());
    CHECK(task.split.*part == expected);
    CHECK(batch_of(task.windows, of_a) == batch_of(task_a.windows, task_a.split.*part));
    CHECK(batch_of(task.windows, task_b.split.*part) ==
          batch_of(task_b.windows, task_b.split.*part));
  };
  compare_part(&WindowSplit::train, "train");
  compare_part(&WindowSplit::validation, "validation");
  compare_part(&WindowSplit::test, "test");
  // A window that would begin in b and end in a.
  CHECK(!task.windows.contains(40));
  check_says(error_of([&] { batch_of(task.windows, {40}); }), "window 40 does not exist");
  const std::vector<ColumnScale> scales =
      target_scales(task.frame, task.scaling, Indices{0, 44}, 2);
  REQUIRE(scales.size() == 4);
  CHECK(scales[1].mean == task_b.scaling.only().targets[0].mean);
  CHECK(scales[2].mean == task_a.scaling.only().targets[0].mean);
}

TEST_CASE("series: covariates are scaled over all series, so that they still tell them apart") {
  const testing::TemporaryFile file(
      "unique_id,y,size\na,1,10\na,2,10\na,3,10\na,5,10\nb,9,30\n"
      "b,8,30\nb,6,30\nb,7,30\n");
  DataConfig config = testing::data_config(file.path(), "y");
  config.series = "unique_id";
  const Frame frame = read_frame(config, Protocol::honest);
  const Scaling scaling = fit_scaling(frame, "standard", Indices{2, 4});
  // Of 10, 10, 30, 30, 30, 30: mean 70 / 3, deviation √(800 / 9).
  for (const SeriesScaling& series : scaling.series) {
    CHECK(series.features[1].mean == doctest::Approx(70.0 / 3).epsilon(1e-14));
    CHECK(series.features[1].deviation == doctest::Approx(std::sqrt(800.0 / 9)).epsilon(1e-14));
  }
  CHECK(scaling.series[0].features[0].mean == 1.5);
  CHECK(scaling.series[1].targets[0].mean == 7.5);
}

TEST_CASE("series: molten columns of a wide file are the series of the long one") {
  const testing::TemporaryFile wide(
      "ds,a,b,promo\n2024-01-01,1,,0\n2024-01-02,2,7,1\n"
      "2024-01-03,4,9,0\n2024-01-04,3,8,1\n2024-01-05,,6,1\n");
  const testing::TemporaryFile file(
      "series,ds,value,promo\na,2024-01-01,1,0\na,2024-01-02,2,1\na,2024-01-03,4,0\n"
      "a,2024-01-04,3,1\nb,2024-01-02,7,1\nb,2024-01-03,9,0\nb,2024-01-04,8,1\nb,2024-01-05,6,1\n");
  DataConfig molten = testing::data_config(wide.path(), "a");
  molten.targets = {"a", "b"};
  molten.time = {"ds"};
  molten.melt = true;
  DataConfig long_config = testing::data_config(file.path(), "value");
  long_config.time = {"ds"};
  long_config.series = "series";
  const Frame given = read_frame(molten, Protocol::honest);
  const Frame expected = read_frame(long_config, Protocol::honest);
  REQUIRE(given.series.size() == 2);
  CHECK(given.series[1].id == "b");
  CHECK(given.time_texts == expected.time_texts);
  CHECK(given.target_column(0) == expected.target_column(0));
  CHECK(given.columns[given.features[0]] == expected.columns[expected.features[1]]);
}

TEST_CASE("series: errors name the series") {
  const testing::TemporaryFile falling(
      "id,ds,y\na,2024-01-01,1\nb,2024-01-01,1\na,2024-01-02,2\nb,2023-12-31,2\n");
  DataConfig config = testing::data_config(falling.path(), "y");
  config.time = {"ds"};
  config.series = "id";
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             ":5: time \"2023-12-31\" does not come after \"2024-01-01\" on line 3 in "
             "series \"b\"");
  config.series.reset();
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             "name the column that tells several series apart in \"series\"");
  config.series = "idd";
  check_says(error_of([&] { read_frame(config, Protocol::honest); }), "did you mean \"id\"");
  const testing::TemporaryFile nameless("id,y\na,1\n,2\n");
  DataConfig other = testing::data_config(nameless.path(), "y");
  other.series = "id";
  check_says(error_of([&] { read_frame(other, Protocol::honest); }),
             ":3: column \"id\" doesn't say which series");
  const testing::TemporaryFile brief(both(9, 9));
  check_says(error_of([&] { load_task(long_config_of(brief.path()), Protocol::honest); }),
             "2 series are too short");
}

TEST_CASE("series: values are filled within a series, never from its neighbour") {
  const testing::TemporaryFile file("id,y\na,1\na,\na,3\nb,\nb,10\nb,\nb,30\nb,\n");
  DataConfig config = testing::data_config(file.path(), "y");
  config.series = "id";
  config.missing = "interpolate";
  const Frame straight = read_frame(config, Protocol::honest);
  CHECK(straight.target_column(0) == std::vector<double>{1, 2, 3, 10, 20, 30, 30});
  CHECK(straight.series[1].begin == 3);
  config.missing = "ffill";
  CHECK(read_frame(config, Protocol::honest).target_column(0) ==
        std::vector<double>{1, 1, 3, 10, 10, 30, 30});
  config.missing = "drop";
  const Frame dropped = read_frame(config, Protocol::honest);
  CHECK(dropped.target_column(0) == std::vector<double>{1, 3, 10, 30});
  CHECK(dropped.series[1].begin == 2);
}

TEST_CASE("calendar: sine and cosine of what has passed of each period") {
  // 2024-02-29 18:00 is a Thursday: ¾ of the day, 3.75 of 7 days, 28.75 of 29, 59.75 of 366, 1 of
  // 12 months.
  const testing::TemporaryFile file(
      "ds,y\n2024-02-29 18:00,1\n2024-02-29 19:00,2\n2024-02-29 20:00,4\n");
  DataConfig config = testing::data_config(file.path(), "y");
  config.time = {"ds"};
  config.calendar = calendar_names();
  config.horizon = 2;
  const Frame frame = read_frame(config, Protocol::honest);
  const std::vector<double> passed{0.75, 3.75 / 7, 28.75 / 29, 59.75 / 366, 1.0 / 12};
  REQUIRE(frame.features.size() == 1 + 2 * passed.size());
  for (std::size_t p = 0; p < passed.size(); ++p) {
    CAPTURE(frame.names[frame.features[1 + 2 * p]]);
    const double angle = 2 * std::numbers::pi * passed[p];
    CHECK(std::abs(frame.columns[frame.features[1 + 2 * p]][0] - std::sin(angle)) < 1e-13);
    CHECK(std::abs(frame.columns[frame.features[2 + 2 * p]][0] - std::cos(angle)) < 1e-13);
    CHECK(frame.lead(1 + 2 * p) == 2);
  }
  CHECK(frame.lead(0) == 0);
  CHECK(frame.names.back() == "month_of_year_cos");
  config.time = {};
  check_says(error_of([&] { read_frame(config, Protocol::honest); }), "\"calendar\" takes times");
}

/// Rows with y = 10·row and promo = row, the last ones without y.
std::string with_future(int rows, int future) {
  std::string text = "ds,y,promo\n";
  for (int row = 0; row < rows + future; ++row) {
    text += fmt::format("2024-01-{:02},{},{}\n", 1 + row,
                        row < rows ? std::to_string(10 * row + row * row % 7) : "", row);
  }
  return text;
}

TEST_CASE("known future: windows see it ahead by the horizon, up to the last row forecast") {
  const testing::TemporaryFile file(with_future(20, 3));
  DataConfig config = config_of(file.path());
  config.known_future = {"promo"};
  config.scale = "none";
  const Frame frame = read_frame(config, Protocol::honest);
  CHECK(frame.rows() == 20);
  check_says(frame.notes.back(), "left out 3 rows at the end that have no target");
  const Windows windows(frame, fit_scaling(frame, "none", Indices{10}), 6, 2);
  const Batch batch = batch_of(windows, {4});
  // Window 4: rows 4 … 9 of y, and 6 … 11 of promo; forecasts rows 10 and 11.
  for (std::size_t t = 0; t < 6; ++t) {
    CHECK(batch.x[2 * t] == static_cast<real>(frame.columns[0][4 + t]));
    CHECK(batch.x[2 * t + 1] == static_cast<real>(6 + t));
  }
  CHECK(batch.y[1] == static_cast<real>(frame.columns[0][11]));
}

TEST_CASE("known future: rows to forecast from go on to the horizon") {
  const testing::TemporaryFile file(with_future(20, 3));
  DataConfig config = config_of(file.path());
  config.known_future = {"promo"};
  const Frame frame = read_known_rows(config, Protocol::honest, 2);
  REQUIRE(frame.series.size() == 1);
  CHECK(frame.series[0].known_end == 20);
  CHECK(frame.rows() == 23);
  Scaling none{.series = {{.features = {{}, {}}, .targets = {{}}}}};
  const Windows windows(frame, none, 6, 2, Windows::Targets::unknown);
  REQUIRE(windows.last_indices() == Indices{14});
  CHECK(batch_of(windows, {14}).x.back() == 21);

  const testing::TemporaryFile brief(with_future(20, 1));
  config.path = brief.path();
  check_says(error_of([&] { read_known_rows(config, Protocol::honest, 2); }),
             ":21: \"known_future\" lists \"promo\", so it must be known for 2 rows");
  config.known_future = {};
  config.features = std::vector<std::string>{"y"};
  config.calendar = {"day_of_week"};
  config.missing = "ffill";
  const Frame made = read_known_rows(config, Protocol::honest, 2);
  CHECK(made.time_texts.back() == "2024-01-23");
}

TEST_CASE("known future: a target's future declared as known is a leak all the same") {
  std::string text = "ds,y,copy\n";
  for (int row = 0; row < 40; ++row) {
    const int y = row * row % 37;
    text += fmt::format("{},{},{}\n", fmt::format("2024-{:02}-{:02}", 1 + row / 28, 1 + row % 28),
                        y, row < 3 ? 0 : (row - 3) * (row - 3) % 37);
  }
  const testing::TemporaryFile file(text);
  DataConfig config = config_of(file.path());
  config.horizon = 4;
  // What was true three rows ago isn't known four rows ahead.
  CHECK_NOTHROW(read_frame(config, Protocol::honest));
  config.known_future = {"copy"};
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             "column \"copy\" equals the target \"y\" 1 row ahead");
}

TEST_CASE("gaps: are named, refused or filled") {
  const testing::TemporaryFile file(
      "ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n"
      "2024-01-06,6\n2024-01-07,8\n");
  DataConfig config = testing::data_config(file.path(), "y");
  config.time = {"ds"};
  const Frame noted = read_frame(config, Protocol::honest);
  CHECK(noted.rows() == 5);
  check_says(noted.notes.back(),
             "1 of 4 steps between rows are not 1 day; the first: 2024-01-06 follows 2024-01-03, "
             "expected 2024-01-04 (line 5)");
  config.gaps = "error";
  check_says(error_of([&] { read_frame(config, Protocol::honest); }), ":5: 1 of 4 steps");
  config.gaps = "fill";
  config.missing = "interpolate";
  const Frame filled = read_frame(config, Protocol::honest);
  CHECK(filled.target_column(0) == std::vector<double>{1, 2, 3, 4, 5, 6, 8});
  CHECK(filled.time_texts[4] == "2024-01-05");
  const testing::TemporaryFile odd(
      "ds,y\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n"
      "2024-01-01 02:00,3\n2024-01-01 03:30,6\n");
  config.path = odd.path();
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             ":5: time \"2024-01-01T03:30:00\" lies no whole number of steps of 1 hour");
}

}  // namespace
}  // namespace espalier
