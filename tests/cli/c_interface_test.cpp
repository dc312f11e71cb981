// A plain C program (tests/capi/program.c) refuses bad arguments and forecasts what espalier
// predict does, to the bit.
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/csv_rows.h"
#include "tests/cli/stream_place.h"
#include "tests/cli/tested_programs.h"

using namespace espalier::test;

namespace {

/// A CSV's rows without the header, spaces between their cells and none within.
std::string cells_of(std::string csv) {
  std::ranges::replace(csv, ' ', 'T');
  std::ranges::replace(csv, ',', ' ');
  return csv.substr(csv.find('\n') + 1);
}

/// What the columns hold for each forecast of `steps` steps: all steps of one column, then of the
/// next.
std::vector<double> values_of(const std::string& csv, const std::vector<std::string>& columns,
                              std::size_t steps) {
  const auto rows = rows_of(csv);
  std::vector<double> values;
  for (std::size_t begin = 0; begin < rows.size(); begin += steps) {
    for (const std::string& column : columns) {
      for (std::size_t i = 0; i < steps; ++i) {
        values.push_back(std::stod(rows[begin + i].at(column)));
      }
    }
  }
  return values;
}

/// What the program says with the run of `place` for a file's rows.
std::vector<double> program_output(const StreamPlace& place, const std::string& csv) {
  write_text(place / "rows", cells_of(csv));
  const int status = std::system(fmt::format("{} {} < {} > {} 2> {}", c_program(), place / "run",
                                             place / "rows", place / "out", place / "err")
                                     .c_str());
  INFO(read_text(place / "err"));
  CHECK(status == 0);
  std::vector<double> values;
  std::istringstream out(read_text(place / "out"));
  for (std::string line; std::getline(out, line);) values.push_back(std::stod(line));
  return values;
}

void check_program(const std::vector<std::string>& setting,
                   const std::vector<std::string>& columns) {
  std::vector<std::string> settings{"-o", "data.horizon=2"};
  settings.insert(settings.end(), setting.begin(), setting.end());
  const StreamPlace place(settings);
  const std::string csv = minutes(200);
  const std::vector<double> expected = values_of(place.rolling(csv), columns, 2);
  REQUIRE(expected.size() == columns.size() * 2 * (200 - 5 + 1));
  CHECK(program_output(place, csv) == expected);
}

}  // namespace

TEST_CASE("a C program forecasts with a run as espalier predict does") {
  check_program({}, {"y_hat"});
}

TEST_CASE("a C program forecasts quantiles, the median first") {
  check_program({"-o", "train.loss=quantile"}, {"y_hat", "lo-80", "y_hat", "hi-80"});
}

TEST_CASE("a C program forecasts with features made of the time") {
  check_program({"-o", R"(data.calendar=["hour_of_day", "day_of_week"])"}, {"y_hat"});
}

TEST_CASE("a C program waits for a second row, as one tells no step, where a window is of one") {
  const StreamPlace place({"-o", "data.window=1", "-o", R"(data.calendar=["hour_of_day"])"});
  const std::string csv = minutes(200);
  std::vector<double> expected = values_of(place.rolling(csv), {"y_hat"}, 1);
  REQUIRE(expected.size() == 200);
  expected.erase(expected.begin());
  CHECK(program_output(place, csv) == expected);
}
