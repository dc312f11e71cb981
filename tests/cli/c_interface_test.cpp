// A plain C program (tests/capi/program.c) refuses bad arguments and forecasts what espalier
// predict does, to the bit.
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/csv_rows.h"
#include "tests/cli/tested_programs.h"
#include "tests/cli/workplace.h"

using namespace espalier::test;

namespace {

/// The numbers of small_csv's columns, the date aside.
std::string numbers_of(const std::string& csv) {
  std::string numbers;
  std::istringstream stream(csv);
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    const std::size_t first = line.find(','), second = line.rfind(',');
    numbers += line.substr(first + 1, second - first - 1) + " " + line.substr(second + 1) + "\n";
  }
  return numbers;
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

void check_program(const std::vector<std::string>& training,
                   const std::vector<std::string>& columns) {
  const Workplace place;
  std::vector<std::string> arguments{"-o", "data.horizon=2"};
  arguments.insert(arguments.end(), training.begin(), training.end());
  REQUIRE(place.train(arguments).exit_code == 0);
  write_text(place / "rows", numbers_of(small_csv()));
  const int status = std::system(fmt::format("{} {} < {} > {} 2> {}", c_program(), place / "run",
                                             place / "rows", place / "out", place / "err")
                                     .c_str());
  INFO(read_text(place / "err"));
  CHECK(status == 0);
  const Outcome predicted =
      place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--quiet"});
  const std::vector<double> expected = values_of(predicted.out, columns, 2);
  REQUIRE(expected.size() == columns.size() * 2 * (200 - 5 + 1));
  std::vector<double> found;
  std::istringstream out(read_text(place / "out"));
  for (std::string line; std::getline(out, line);) found.push_back(std::stod(line));
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("a C program forecasts with a run as espalier predict does") {
  check_program({}, {"y_hat"});
}

TEST_CASE("a C program forecasts quantiles, the median first") {
  check_program({"-o", "train.loss=quantile"}, {"y_hat", "lo-80", "y_hat", "hi-80"});
}
