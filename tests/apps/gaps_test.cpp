// Rows that the times of a file leave out.
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/data/frame.h"
#include "tests/apps/data_files.h"

namespace espalier {
namespace {

using testing::check_says;
using testing::error_of;

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

TEST_CASE("gaps: a time far off is taken for a mistake, at once") {
  std::string text = "ds,y\n";
  for (int minute = 0; minute < 40; ++minute) {
    text += fmt::format("2024-01-01 00:{:02},{}\n", minute, minute * minute % 7);
  }
  const testing::TemporaryFile file(text + "2204-01-01 00:40,1\n");
  DataConfig config = testing::data_config(file.path(), "y");
  config.time = {"ds"};
  config.gaps = "fill";
  config.missing = "ffill";
  check_says(error_of([&] { read_frame(config, Protocol::honest); }),
             ":42: up to time \"2204-01-01T00:40:00\" more than 10000 rows are missing");
}

}  // namespace
}  // namespace espalier
