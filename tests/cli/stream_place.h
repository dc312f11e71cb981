#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/conversation.h"
#include "tests/cli/trained_place.h"
#include "tests/support/text.h"

namespace espalier::test {

inline constexpr const char* stream_header = "date,load,wind\n";

/// One row of a series without a gap, minute by minute: its times can be foretold.
inline std::string minute_row(int row) {
  const double load = 50 + 10 * std::sin(row / 5.0) + 3 * std::sin(row / 17.0) + row % 7 * 0.1;
  const double wind = 5 + 2 * std::cos(row / 5.0) + row % 11 * 0.1;
  return fmt::format("2021-01-{:02} {:02}:{:02},{:.3f},{:.3f}\n", 1 + row / 1440, row / 60 % 24,
                     row % 60, load, wind);
}

inline std::string minutes(int rows) {
  std::string text = stream_header;
  for (int row = 0; row < rows; ++row) text += minute_row(row);
  return text;
}

struct StreamPlace : TrainedPlace {
  using TrainedPlace::TrainedPlace;

  Outcome stream(const std::string& rows, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"predict", "run", "--stream"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments, {.input = rows});
  }
  std::string rolling(const std::string& rows, const std::vector<std::string>& more = {}) const {
    write_text(*this / "rows.csv", rows);
    std::vector<std::string> arguments{"predict",  "run",       "--input",
                                       "rows.csv", "--rolling", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = espalier(arguments);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  }
  Conversation talk() const {
    return Conversation({"predict", "run", "--stream", "--latency"}, folder(), *this / "err");
  }
};

/// How many lines differ; all where their numbers do.
inline std::size_t differences(const std::string& a, const std::string& b) {
  const std::vector<std::string> left = lines_of(a), right = lines_of(b);
  if (left.size() != right.size()) return std::max(left.size(), right.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < left.size(); ++i) count += left[i] != right[i];
  return count;
}

}  // namespace espalier::test
