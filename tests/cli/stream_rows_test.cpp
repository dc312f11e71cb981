// espalier predict --stream: what it makes of rows that aren't as they should be.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/stream_place.h"
#include "tests/support/text.h"

using namespace espalier::test;

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
      {"2021-01-01 00:10,50,5\r2021-01-01 00:11,50,5", "carriage return within the line"},
      {"2021-01-01 00:10,50,5\rno row", "carriage return within the line"},
      {"2021-01-01 00:09:00.5,50,5", "fractions of a second are not kept"},
      {std::string(2'000'000, 'x'), "is longer than"}};
  std::string rows = stream_header;
  for (int row = 0; row < 20; ++row) {
    // Lines 12 to 24.
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
}

TEST_CASE("so is an object that can't be used") {
  const StreamPlace place;
  const Outcome json_outcome = place.stream(
      "{\"date\": \"2021-01-01\", \"load\": 1, \"wind\": 2}\n{\"date\"\n[1]\n"
      "{\"date\": \"2021-01-02\", \"load\": 1}\n{\"date\": 3, \"load\": 1}\n");
  CHECK(json_outcome.out == "");
  // Four lines left out, and no forecast in the end.
  CHECK(lines_of(json_outcome.err).size() == 5);
  CHECK(json_outcome.err.find("line 4: has no key \"wind\"") != std::string::npos);
  const auto told = [&](const std::string& values) {
    return place.stream("{\"date\": \"2021-01-01\", " + values + "}\n").err;
  };
  CHECK(contains(told("\"load\": NaN, \"wind\": 2"), "is written null, not NaN"));
  CHECK(contains(told("\"load\": 1e400, \"wind\": 2"), "no double can hold"));
  CHECK(contains(told("\"load\": 1, \"wind\": 2, \"load\": 1"), "has the key \"load\" twice"));
  CHECK(contains(told("\"load\": 1, \"wind\": 2, \"a\": {\"b\": 1}, \"b\": 2"), "4 were still"));
}

TEST_CASE("missing values are filled where the run says so and it doesn't look ahead") {
  std::string rows = stream_header;
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
  // Columns that begin on different rows.
  std::string late = "date,load,wind\n2021-01-01 00:00,,5\n2021-01-01 00:01,50,\n";
  for (int row = 2; row < 12; ++row) late += minute_row(row);
  const Outcome begun = place.stream(late);
  CHECK(lines_of(begun.err).size() == 1);
  CHECK(differences(begun.out, place.rolling(late)) == 0);
  for (const char* policy : {"data.missing=drop", "data.missing=interpolate"}) {
    const StreamPlace other({"-o", policy});
    CHECK(lines_of(other.stream(rows).err).size() == 4);
  }
}

TEST_CASE("rows that the times leave out are inserted where the run says so, and told otherwise") {
  std::string rows = stream_header;
  for (int row = 0; row < 30; ++row) {
    if (row != 11 && row != 12 && row != 20) rows += minute_row(row);
  }
  const StreamPlace filled({"-o", "data.missing=ffill", "-o", "data.gaps=fill"});
  const Outcome outcome = filled.stream(rows);
  CHECK(outcome.err ==
        "line 13: inserted 2 rows that the times leave out, with the last values known\n"
        "line 20: inserted 1 row that the times leave out, with the last values known\n");
  // The file is forecast from the rows inserted as well.
  std::string expected;
  for (const std::string& line : lines_of(filled.rolling(rows))) {
    bool of_inserted = false;
    for (const char* cutoff : {"T00:11:00,1,", "T00:12:00,1,", "T00:20:00,1,"}) {
      of_inserted = of_inserted || contains(line, cutoff);
    }
    if (!of_inserted) expected += line + "\n";
  }
  CHECK(lines_of(expected).size() == 1 + 30 - 4 - 3);
  CHECK(outcome.out == expected);
  // Between two steps, and thousands of years ahead.
  for (const char* time : {"2021-01-01 00:30:30", "9021-01-01 00:00"}) {
    const Outcome odd = filled.stream(minutes(30) + time + ",50,5\n");
    CHECK(odd.err == fmt::format("line 32: time \"{}\" isn't the 2021-01-01T00:30:00 expected; "
                                 "taken as it comes, though the run's \"gaps\" is \"fill\"\n",
                                 time));
  }
  // A row that is left out inserts none.
  const Outcome huge = filled.stream(minutes(30) + "2021-01-01 00:40,1e300,5\n" + minute_row(30));
  CHECK(lines_of(huge.err).size() == 1);
  CHECK(contains(huge.err, "line 32: column \"load\" is 1e+300"));
  CHECK(huge.out == filled.stream(minutes(31)).out);
  const Workplace refused;
  write_text(refused / "data.csv", minutes(200));
  REQUIRE(refused.train({"-o", "data.gaps=error"}).exit_code == 0);
  const Outcome gaps = refused.espalier({"predict", "run", "--stream"}, {.input = rows});
  const std::vector<std::string> told = lines_of(gaps.err);
  REQUIRE(told.size() == 2);
  CHECK(contains(told[0], "line 13: time \"2021-01-01 00:13\" isn't the 2021-01-01T00:11:00 exp"));
  CHECK(contains(told[1], "though the run's \"gaps\" is \"error\""));
}

TEST_CASE("what is a gap goes by the rows so far") {
  const StreamPlace place({"-o", "data.missing=ffill", "-o", "data.gaps=fill"});
  const auto rows_on = [](const std::vector<std::string>& dates) {
    std::string rows = stream_header;
    for (std::size_t i = 0; i < dates.size(); ++i) {
      rows += fmt::format("{},{},5\n", dates[i], 50 + i * i % 7);
    }
    return rows;
  };
  // Weekdays, whichever the stream begins on: no weekend is missing.
  for (int first = 1; first <= 7; ++first) {
    CAPTURE(first);
    std::vector<std::string> weekdays;
    for (int day = first; day <= 31; ++day) {
      if (day % 7 != 4 && day % 7 != 5) weekdays.push_back(fmt::format("2020-01-{:02}", day));
    }
    const std::string rows = rows_on(weekdays);
    const Outcome outcome = place.stream(rows);
    CHECK(outcome.err == "");
    // On a Friday five rows on, nobody can tell that the next day is no Saturday.
    CHECK(differences(outcome.out, place.rolling(rows)) <= 1);
  }
  // A Monday off after the first week.
  std::vector<std::string> holiday;
  for (int day = 6; day <= 31; ++day) {
    if (day % 7 != 4 && day % 7 != 5 && day != 13) {
      holiday.push_back(fmt::format("2020-01-{:02}", day));
    }
  }
  const Outcome off = place.stream(rows_on(holiday));
  CHECK(off.err == "line 7: inserted 1 row that the times leave out, with the last values known\n");
  // Three rows with two steps between them tell none: the fourth is no gap.
  CHECK(
      place.stream(rows_on({"2020-01-01", "2020-01-02", "2020-01-05", "2020-01-08", "2020-01-11"}))
          .err == "");
  // The row after the gap is the first that tells D/M.
  const Outcome turned = place.stream(rows_on(
      {"8/1/2021", "9/1/2021", "10/1/2021", "11/1/2021", "12/1/2021", "15/1/2021", "16/1/2021"}));
  const std::vector<std::string> told = lines_of(turned.err);
  REQUIRE(told.size() == 2);
  CHECK(told[1] ==
        "line 7: inserted 2 rows that the times leave out, with the last values known; read dates "
        "as D/M/YYYY from here on, not as M/D/YYYY any more");
  CHECK(contains(turned.out, "2021-01-17,2021-01-16,1,"));
}

TEST_CASE("a guess at the order of a stream's dates is told, and so is a better one") {
  const StreamPlace place;
  const auto told = [&](const std::vector<std::string>& dates) {
    std::string rows = stream_header;
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
  std::string turned = stream_header;
  for (int row = 0; row < 200; ++row) {
    turned += fmt::format("{:02}/{:02}/{},{},{}\n", 1 + row % 28, 1 + row / 28 % 12, 2021,
                          50 + row % 7, 5 + row % 11);
  }
  write_text(place / "data.csv", turned);
  REQUIRE(place.train({}).exit_code == 0);
  for (const char* dates : {"01/02/2022 02/02/2022", "2022-02-01 2022-02-02"}) {
    CAPTURE(dates);
    const std::string rows =
        fmt::format("{}{},50,5\n{},51,6\n", stream_header, std::string_view(dates).substr(0, 10),
                    std::string_view(dates).substr(11));
    const Outcome outcome = place.espalier({"predict", "run", "--stream"}, {.input = rows});
    CHECK(lines_of(outcome.err).size() == 1);
    CHECK(contains(outcome.err, "still to come"));
  }
  const Outcome neither = place.espalier({"predict", "run", "--stream"},
                                         {.input = std::string(stream_header) + "1/13/2022,5,5\n"});
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
  CHECK(fault_of(place.stream("date,load,wind,load\n"), usage_wrong,
                 {"line 1", "columns 2 and 4 are both named \"load\""}) == "");
  CHECK(fault_of(place.stream("date,load,wind\r2021-01-01,1,2\r"), usage_wrong,
                 {"line 1", "carriage return"}) == "");
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
