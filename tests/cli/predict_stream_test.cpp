// espalier predict --stream: what predict --rolling says, row by row.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/conversation.h"
#include "tests/cli/workplace.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

constexpr const char* header = "date,load,wind\n";

/// One row of a series without a gap, minute by minute: its times can be foretold.
std::string minute_row(int row) {
  const double load = 50 + 10 * std::sin(row / 5.0) + 3 * std::sin(row / 17.0) + row % 7 * 0.1;
  const double wind = 5 + 2 * std::cos(row / 5.0) + row % 11 * 0.1;
  return fmt::format("2021-01-{:02} {:02}:{:02},{:.3f},{:.3f}\n", 1 + row / 1440, row / 60 % 24,
                     row % 60, load, wind);
}

std::string minutes(int rows) {
  std::string text = header;
  for (int row = 0; row < rows; ++row) text += minute_row(row);
  return text;
}

struct StreamPlace : Workplace {
  explicit StreamPlace(const std::vector<std::string>& more = {}) {
    const Outcome outcome = train(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
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
std::size_t differences(const std::string& a, const std::string& b) {
  const std::vector<std::string> left = lines_of(a), right = lines_of(b);
  if (left.size() != right.size()) return std::max(left.size(), right.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < left.size(); ++i) count += left[i] != right[i];
  return count;
}

}  // namespace

TEST_CASE("a stream of 10,000 rows is forecast to the byte as their file is") {
  const StreamPlace place;
  const std::string rows = minutes(10'000);
  const std::string expected = place.rolling(rows);
  REQUIRE(lines_of(expected).size() == 1 + 10'000 - 5 + 1);
  const Outcome outcome = place.stream(rows);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  CHECK(differences(outcome.out, expected) == 0);
  // The comparison sees a value that is another in its fourth digit: in the five windows it is in.
  std::string other = rows;
  const std::size_t cell = other.find(minute_row(5000)) + std::string("2021-01-01 00:00,").size();
  other[cell] = other[cell] == '5' ? '4' : '5';
  CHECK(differences(place.stream(other).out, expected) == 5);
}

TEST_CASE("so it is for other models, horizons, targets and random forecasts") {
  const std::string rows = minutes(300);
  const std::vector<std::vector<std::string>> cases{
      {"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 3}])", "-o",
       R"(data.target=["wind", "load"])", "-o", "data.horizon=3"},
      {"-o", R"(model={"type": "patchtst", "embed": 4, "heads": 2})", "-o", "data.horizon=2"},
      {"-o", R"(data.calendar=["hour_of_day", "day_of_week"])", "-o", "data.horizon=3"},
      {"-o", "train.loss=quantile", "-o", "train.quantiles=[0.05, 0.3, 0.5, 0.95]", "-o",
       R"(data.target=["wind", "load"])"},
      {"-o", R"(model={"type": "dlinear", "kernel": 3})", "-o", "data.window=1", "-o",
       "regularizers=[]"},
      {"-o", R"(regularizers=[{"type": "zoneout"}])", "-o", "data.scale=none"}};
  for (const auto& settings : cases) {
    CAPTURE(settings[1]);
    const StreamPlace place(settings);
    const Outcome outcome = place.stream(rows);
    CHECK(outcome.err == "");
    // Of a single row nobody can tell when the next comes: a window of one begins a line later.
    const std::string expected = place.rolling(rows);
    CHECK(differences(outcome.out, expected) <= (settings[3] == "data.window=1" ? 1 : 0));
    CHECK(differences(place.stream(rows, {"--horizon", "1"}).out,
                      place.rolling(rows, {"--horizon", "1"})) <= 1);
  }
}

TEST_CASE("JSON Lines come in and go out with the same numbers") {
  const StreamPlace place;
  std::string rows;
  for (const std::string& line : lines_of(minutes(40))) {
    if (line.starts_with("date")) continue;
    const std::size_t first = line.find(','), second = line.rfind(',');
    rows += fmt::format(R"({{"wind": {}, "date": "{}", "more": [1], "load": {}}})",
                        line.substr(second + 1), line.substr(0, first),
                        line.substr(first + 1, second - first - 1)) +
            "\n";
  }
  const std::vector<std::string> expected = lines_of(place.stream(minutes(40)).out);
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, std::vector<std::string>{"--format", "jsonl"}}) {
    const Outcome outcome = place.stream(rows, more);
    CHECK(outcome.err == "");
    const std::vector<std::string> found = lines_of(outcome.out);
    REQUIRE(found.size() == expected.size() - 1);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const json value = json::parse(found[i]);
      CHECK(fmt::format("{},{},{},{},{}", value["ds"].get<std::string>(),
                        value["cutoff"].get<std::string>(), value["step"].get<int>(),
                        value["target"].get<std::string>(),
                        value["y_hat"].get<double>()) == expected[i + 1]);
    }
  }
}

TEST_CASE("a line that can't be used is told by its number, and the stream goes on without it") {
  const StreamPlace place;
  const std::string good = place.stream(minutes(20)).out;
  const std::vector<std::pair<std::string, std::string>> bad{
      {"2021-01-01 00:10,50", "found 2 cells, expected 3"},
      {"2021-01-01 00:10,high,5", "column \"load\" is \"high\", expected a number"},
      {"2021-01-01 00:09,50,5", "does not come after"},
      {"yesterday,50,5", "\"yesterday\" is not a valid YYYY-MM-DD date"},
      {"2021-01-01 00:10,,5", "column \"load\" has no value, and \"missing\" is \"error\""},
      {"2021-01-01 00:10,1e300,5", "too large"},
      {"2021-01-01 00:10,1e999,5", "no double can hold"},
      {"2021-01-01 00:10,\"5\"0,5", "a quote may only enclose a whole cell"},
      {std::string("2021-01-01 00:10,5\0,5", 21), "NUL"},
      {std::string(2'000'000, 'x'), "is longer than"}};
  std::string rows = header, told;
  for (int row = 0; row < 20; ++row) {
    // Lines 12 to 21.
    for (std::size_t i = 0; row == 10 && i < bad.size(); ++i) rows += bad[i].first + "\n";
    rows += minute_row(row);
  }
  const Outcome outcome = place.stream(rows + "\n");
  CHECK(outcome.exit_code == 0);
  CHECK(differences(outcome.out, good) == 0);
  const std::vector<std::string> messages = lines_of(outcome.err);
  REQUIRE(messages.size() == bad.size());
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(messages[i]);
    CHECK(messages[i].starts_with(fmt::format("line {}: ", 12 + i)));
    CHECK(messages[i].ends_with("; left out"));
    CHECK(messages[i].find(bad[i].second) != std::string::npos);
  }
  // The same in JSON.
  const Outcome json_outcome = place.stream(
      "{\"date\": \"2021-01-01\", \"load\": 1, \"wind\": 2}\n{\"date\"\n[1]\n"
      "{\"date\": \"2021-01-02\", \"load\": 1}\n{\"date\": 3, \"load\": 1}\n");
  CHECK(json_outcome.out == "");
  // Four lines left out, and no forecast in the end.
  CHECK(lines_of(json_outcome.err).size() == 5);
  CHECK(json_outcome.err.find("line 4: has no key \"wind\"") != std::string::npos);
}

TEST_CASE("missing values are filled where the run says so and it doesn't look ahead") {
  std::string rows = header;
  for (int row = 0; row < 30; ++row) {
    const std::string whole = minute_row(row);
    rows += row % 7 == 6 ? whole.substr(0, whole.find(',') + 1) + ",5.5\n" : whole;
  }
  const StreamPlace place({"-o", "data.missing=ffill"});
  const Outcome outcome = place.stream(rows);
  CHECK(outcome.err == "");
  CHECK(differences(outcome.out, place.rolling(rows)) == 0);
  const Outcome early = place.stream("date,load,wind\n2021-01-01 00:00,,5\n");
  CHECK(early.err ==
        "line 2: column \"load\" has had no value yet; left out\n"
        "note: no forecast: it takes 5 rows, 5 were still to come\n");
  for (const char* policy : {"data.missing=drop", "data.missing=interpolate"}) {
    const StreamPlace other({"-o", policy});
    CHECK(lines_of(other.stream(rows).err).size() == 4);
  }
}

TEST_CASE("each forecast is out before the next row is in, and memory doesn't grow") {
  const StreamPlace place;
  Conversation talk = place.talk();
  talk.say(header);
  CHECK(talk.hear() == "ds,cutoff,step,target,y_hat");
  const std::vector<std::string> expected = lines_of(place.rolling(minutes(10)));
  const auto feed = [&talk](int begin, int end) {
    for (int row = begin; row < end; ++row) {
      talk.say(minute_row(row));
      if (row >= 4) talk.hear();
    }
  };
  for (int row = 0; row < 10; ++row) {
    talk.say(minute_row(row));
    if (row >= 4) CHECK(talk.hear() == expected[static_cast<std::size_t>(row - 3)]);
  }
  feed(10, 1000);
  const long before = talk.memory();
  feed(1000, 10'000);
  // A kilobyte for each thousand rows is no leak of rows; pages that malloc first touches may be.
  CHECK(talk.memory() - before <= 64);
  talk.hang_up();
  CHECK(talk.wait() == 0);
  const std::string told = read_text(place / "err");
  CHECK(told.starts_with("9996 forecasts: p50 "));
  CHECK(told.find(", p99 ") != std::string::npos);
}

TEST_CASE("Ctrl-C and a closed stdout end a stream in good order") {
  const StreamPlace place;
  {
    Conversation talk = place.talk();
    talk.say(minutes(6));
    talk.hear();
    talk.signal(SIGINT);
    CHECK(talk.wait() == 130);
    CHECK(read_text(place / "err").starts_with("2 forecasts: p50 "));
  }
  Conversation talk = place.talk();
  talk.say(minutes(6));
  for (int line = 0; line < 3; ++line) talk.hear();
  talk.stop_listening();
  talk.say(minute_row(6));
  CHECK(talk.wait() == 0);
  CHECK(read_text(place / "err").starts_with("2 forecasts: p50 "));
  // A full disk is a failure.
  const Outcome full =
      place.espalier({"predict", "run", "--stream"}, {.input = minutes(6), .out_to = "/dev/full"});
  CHECK(full.exit_code == 1);
  CHECK(full.err.find("cannot write to standard output") != std::string::npos);
}

TEST_CASE("a guess at the order of a stream's dates is told, and so is a better one") {
  const StreamPlace place;
  const auto told = [&](const std::vector<std::string>& dates) {
    std::string rows = header;
    for (const std::string& date : dates) rows += date + ",50,5\n";
    std::vector<std::string> messages = lines_of(place.stream(rows).err);
    // That there are too few rows for a forecast.
    REQUIRE_FALSE(messages.empty());
    messages.pop_back();
    return messages;
  };
  using Messages = std::vector<std::string>;
  const std::string guess =
      "line 2: read dates as M/D/YYYY, though D/M/YYYY fits as well: write YYYY-MM-DD to be sure";
  CHECK(told({"2022-01-02", "2022-02-02"}).empty());
  CHECK(told({"1/2/2022", "2/2/2022"}) == Messages{guess});
  CHECK(told({"1/2/2022", "1/13/2022"}) == Messages{guess, "line 3: read dates as M/D/YYYY"});
  CHECK(told({"1/2/2022", "13/2/2022", "14/2/2022"}) ==
        Messages{guess, "line 3: read dates as D/M/YYYY from here on, not as M/D/YYYY any more"});
}

TEST_CASE("a run whose own dates were D/M reads such without a guess, and ISO 8601 as well") {
  Workplace place;
  std::string turned = header;
  for (int row = 0; row < 200; ++row) {
    turned += fmt::format("{:02}/{:02}/{},{},{}\n", 1 + row % 28, 1 + row / 28 % 12, 2021,
                          50 + row % 7, 5 + row % 11);
  }
  write_text(place / "data.csv", turned);
  REQUIRE(place.train({}).exit_code == 0);
  for (const char* dates : {"01/02/2022 02/02/2022", "2022-02-01 2022-02-02"}) {
    CAPTURE(dates);
    const std::string rows =
        fmt::format("{}{},50,5\n{},51,6\n", header, std::string_view(dates).substr(0, 10),
                    std::string_view(dates).substr(11));
    const Outcome outcome = place.espalier({"predict", "run", "--stream"}, {.input = rows});
    CHECK(lines_of(outcome.err).size() == 1);
    CHECK(contains(outcome.err, "still to come"));
  }
  const Outcome neither = place.espalier({"predict", "run", "--stream"},
                                         {.input = std::string(header) + "1/13/2022,5,5\n"});
  CHECK(contains(neither.err,
                 "line 2: time \"1/13/2022\" is not a valid YYYY-MM-DD or D/M/YYYY date"));
}

TEST_CASE("a calendar that isn't known yet is told") {
  const StreamPlace place({"-o", "data.window=1", "-o", R"(data.calendar=["hour_of_day"])"});
  const Outcome outcome = place.stream(minutes(3));
  CHECK(lines_of(outcome.out).size() == 3);
  CHECK(contains(outcome.err, "line 2: no forecast after this row"));
}

TEST_CASE("streams that can't be read at all are refused") {
  const StreamPlace place;
  CHECK(fault_of(place.stream("date,loads,wind\n"), usage_wrong, {"line 1", "load", "loads"}) ==
        "");
  CHECK(fault_of(place.stream(minutes(6), {"--input", "data.csv"}), usage_wrong,
                 {"--stream", "--input"}) == "");
  CHECK(fault_of(place.stream(minutes(6), {"--rolling"}), usage_wrong, {"--rolling"}) == "");
  CHECK(fault_of(place.stream(minutes(6), {"--horizon", "2"}), usage_wrong, {"--horizon is 2"}) ==
        "");
  CHECK(fault_of(place.stream(minutes(6), {"--format", "xml"}), usage_wrong, {"--format"}) == "");
  CHECK(fault_of(place.espalier({"predict", "run"}), usage_wrong, {"--input", "--stream"}) == "");
  const Outcome empty = place.stream("");
  CHECK(empty.exit_code == 0);
  CHECK(empty.out == "");
}
