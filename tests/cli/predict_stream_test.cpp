// espalier predict --stream: what predict --rolling says, row by row.
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/stream_place.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

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

TEST_CASE("each forecast is out before the next row is in, and memory doesn't grow") {
  const StreamPlace place;
  Conversation talk = place.talk();
  talk.say(stream_header);
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
