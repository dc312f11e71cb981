// Several series in one frame: each must be treated as if it were alone.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/config/sections.h"
#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"
#include "tests/apps/data_files.h"
#include "tests/apps/window_batches.h"

namespace espalier {
namespace {

using testing::batch_of;
using testing::check_says;
using testing::config_of;
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

DataConfig long_config_of(const std::string& path) {
  DataConfig config = config_of(path);
  config.series = "unique_id";
  return config;
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

TEST_CASE("series: molten features keep their order, and series their ends") {
  const testing::TemporaryFile file(
      "ds,x,a,b,promo\n2024-01-01,5,1,NA,0\n2024-01-02,6,2,7,1\n2024-01-03,7,4,NA,0\n"
      "2024-01-04,8,,NA,1\n");
  DataConfig config = testing::data_config(file.path(), "a");
  config.targets = {"a", "b"};
  config.time = {"ds"};
  config.melt = true;
  config.missing_markers = {"", "NA"};
  // As a trained model names them.
  config.features = std::vector<std::string>{"x", "promo", "value"};
  const Frame frame = read_frame(config, Protocol::honest);
  std::vector<std::string> names;
  for (const std::size_t feature : frame.features) names.push_back(frame.names[feature]);
  CHECK(names == std::vector<std::string>{"x", "promo", "value"});
  // A mark for "no value" at either end is no row.
  REQUIRE(frame.series.size() == 2);
  CHECK(frame.series[0].end - frame.series[0].begin == 3);
  CHECK(frame.series[1].end - frame.series[1].begin == 1);
  CHECK(frame.notes.front() ==
        "2 of 2 series have no values in the first or the last rows of the file, and are as much "
        "shorter (the first: \"a\", from line 2 to 4)");
  // A target that is missing everywhere is no series.
  config.targets = {"a", "b", "c"};
  const testing::TemporaryFile empty("ds,x,a,b,c,promo\n2024-01-01,5,1,7,NA,0\n");
  config.path = empty.path();
  CHECK(read_known_rows(config, Protocol::honest, 0).notes.front() ==
        "1 of 3 series have no value at all and are left out (the first: \"c\")");
  config.targets = {"c"};
  check_says(error_of([&] { read_known_rows(config, Protocol::honest, 0); }),
             "none of the targets \"c\" holds a value");
  config.path = file.path();
  config.targets = {"a", "b"};
  // What is known ahead goes on.
  config.known_future = {"promo"};
  config.horizon = 1;
  const Frame ahead = read_known_rows(config, Protocol::honest, 1);
  CHECK(ahead.series[0].known_rows() == 3);
  CHECK(ahead.series[0].end - ahead.series[0].begin == 4);
}

TEST_CASE("series: names that aren't UTF-8 are refused, as runs couldn't keep them") {
  const testing::TemporaryFile file("unique_id,ds,y,promo\n\xe9,2024-01-01,1,2\n");
  check_says(error_of([&] { read_frame(long_config_of(file.path()), Protocol::honest); }),
             ":2: the name of the series, \"\\xe9\", is not valid UTF-8: convert the file");
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
  const testing::TemporaryFile holed("id,ds,y\na,2024-01-01,1\nb,2024-01-01,1\nb,2024-01-02,\n");
  config.series = "id";
  config.path = holed.path();
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             ":4: column \"y\" of series \"b\" has no value here");
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

}  // namespace
}  // namespace espalier
