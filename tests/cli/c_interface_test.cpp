// A plain C program (tests/capi/program.c) refuses bad arguments and forecasts what espalier
// predict does, to the bit.
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

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

std::vector<double> last_cells(const std::string& csv) {
  std::vector<double> values;
  std::istringstream stream(csv);
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) values.push_back(std::stod(line.substr(line.rfind(',') + 1)));
  return values;
}

}  // namespace

TEST_CASE("a C program forecasts with a run as espalier predict does") {
  const Workplace place;
  const Outcome trained = place.train({"-o", "data.horizon=2"});
  REQUIRE(trained.exit_code == 0);
  write_text(place / "rows", numbers_of(small_csv()));
  const int status =
      std::system(fmt::format("{} {} < {} > {} 2> {}", ESPALIER_C_PROGRAM, place / "run",
                              place / "rows", place / "out", place / "err")
                      .c_str());
  INFO(read_text(place / "err"));
  CHECK(status == 0);
  const Outcome predicted =
      place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--quiet"});
  const std::vector<double> expected = last_cells(predicted.out);
  REQUIRE(expected.size() == 2 * (200 - 5 + 1));
  std::vector<double> found;
  std::istringstream out(read_text(place / "out"));
  for (std::string line; std::getline(out, line);) found.push_back(std::stod(line));
  CHECK(found == expected);
}
