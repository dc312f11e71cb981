// The calendar and columns known ahead.
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/config/sections.h"
#include "apps/data/calendar.h"
#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "tests/apps/data_files.h"
#include "tests/apps/window_batches.h"

namespace espalier {
namespace {

using testing::Batch;
using testing::batch_of;
using testing::check_says;
using testing::config_of;
using testing::error_of;

using Indices = std::vector<std::size_t>;

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
  // A day left out of the future is no day known.
  std::string holed = with_future(20, 3);
  holed.erase(holed.find("2024-01-21"), std::string("2024-01-21,,20\n").size());
  const testing::TemporaryFile hole(holed);
  config.path = hole.path();
  config.gaps = "fill";
  config.missing = "ffill";
  check_says(error_of([&] { read_known_rows(config, Protocol::honest, 2); }),
             "the file has 0: add rows with an empty target, without leaving one out");
  config.gaps = "note";
  config.path = brief.path();
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

}  // namespace
}  // namespace espalier
