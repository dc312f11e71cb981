#include "apps/data/time.h"

#include <doctest/doctest.h>

#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Texts = std::vector<std::string>;

TimeColumn parse(const Texts& texts, std::optional<DateOrder> order = {}) {
  std::vector<std::size_t> lines;
  for (std::size_t row = 0; row < texts.size(); ++row) lines.push_back(row + 2);
  return parse_times(texts, lines, "t.csv", order);
}

std::string parse_error(const Texts& texts, std::optional<DateOrder> order = {}) {
  return error_of([&] { parse(texts, order); });
}

}  // namespace

// The seconds are those of `date -u -d "2004-03-10 18:00:00" +%s` and the like.
TEST_CASE("time: every layout that is read") {
  struct Case {
    std::string text;
    DateOrder order;
    std::int64_t seconds;
  };
  const Case cases[] = {
      {"1970-01-01", DateOrder::ymd, 0},
      {"1969-12-31T23:59:59Z", DateOrder::ymd, -1},
      {"2000-02-29", DateOrder::ymd, 951782400},
      {"2004-03-10 18:00", DateOrder::ymd, 1078941600},
      {"2004-03-10T18:00:00", DateOrder::ymd, 1078941600},
      {"2004-03-10T18:00:00.750Z", DateOrder::ymd, 1078941600},
      {"2004/3/10", DateOrder::ymd, 1078876800},
      {"3/10/2004 18:00:00", DateOrder::mdy, 1078941600},
      {"10/03/2004 18.00.00", DateOrder::dmy, 1078941600},
      {"10/3/2004 6:05", DateOrder::dmy, 1078898700},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    REQUIRE(parse_timestamp(c.text, c.order).has_value());
    CHECK(*parse_timestamp(c.text, c.order) == c.seconds);
  }
}

TEST_CASE("time: what is no date is not read") {
  const Texts bad = {"",
                     "2004-3-10",
                     "2004-02-30",
                     "1900-02-29",
                     "04-03-10",
                     "2004-13-01",
                     "2004-00-10",
                     "2004-03-10 24:00:00",
                     "2004-03-10 ",
                     "2004-03/10",
                     "2004-03-10 18:60",
                     "2004-03-10T18:00:00+01:00",
                     "20040310",
                     "2004-03-10 18:0:00",
                     "2004-03-10 18:00:61",
                     "2004-03-10 18:00:00."};
  for (const std::string& text : bad) {
    CAPTURE(text);
    // Spaces at the ends are no fault.
    CHECK(parse_timestamp(text, DateOrder::ymd).has_value() == (text == "2004-03-10 "));
  }
  CHECK_FALSE(parse_timestamp("31/02/2004", DateOrder::dmy).has_value());
  CHECK_FALSE(parse_timestamp("13/01/2004", DateOrder::mdy).has_value());
  CHECK_FALSE(parse_timestamp("1/2/04", DateOrder::mdy).has_value());
}

TEST_CASE("time: the order of a column is found from all its rows") {
  CHECK(parse({"2004-03-10", "2004-03-11"}).order == DateOrder::ymd);
  CHECK(parse({"3/12/2004", "3/13/2004"}).order == DateOrder::mdy);
  CHECK(parse({"12/3/2004", "13/3/2004"}).order == DateOrder::dmy);
  SUBCASE("both read every row: the one that rises") {
    const TimeColumn column = parse({"10/03/2004", "11/03/2004", "01/04/2004"});
    CHECK(column.order == DateOrder::dmy);
    CHECK_FALSE(column.ambiguous);
  }
  SUBCASE("both rise: month first, and it is said") {
    const TimeColumn column = parse({"1/2/2004", "2/3/2004"});
    CHECK(column.order == DateOrder::mdy);
    CHECK(column.ambiguous);
    CHECK(column.seconds[0] == 1073001600);
  }
  SUBCASE("given: obeyed") {
    const TimeColumn column = parse({"1/2/2004", "2/3/2004"}, DateOrder::dmy);
    CHECK(column.order == DateOrder::dmy);
    CHECK(column.seconds[0] == 1075593600);
    // What can't be mistaken is read beside it.
    CHECK(parse({"2004-02-01", "2004-02-02"}, DateOrder::dmy).order == DateOrder::ymd);
  }
}

TEST_CASE("time: a row that cannot be read is named") {
  check_says(parse_error({"soon", "2004-03-11"}),
             "t.csv:2: time \"soon\" is not a date that can be read");
  check_says(
      parse_error({"2004-03-10", "2004-03-32"}),
      "t.csv:3: time \"2004-03-32\" is not a valid YYYY-MM-DD date, as the row before it is");
  check_says(
      parse_error({"3/12/2004", "3/13/2004", "13/3/2004"}),
      "t.csv:4: time \"13/3/2004\" is not a valid M/D/YYYY date, as the 2 rows before it are");
  check_says(parse_error({"3/13/2004"}, DateOrder::dmy),
             "\"3/13/2004\" is not a date in the order of \"date_order\" or of a run's own rows; "
             "expected YYYY-MM-DD or D/M/YYYY");
  check_says(parse_error({"3/12/2004", "3/13/2004"}, DateOrder::dmy),
             "t.csv:3: time \"3/13/2004\" is not a date in the order of \"date_order\"");
  // Rows must be written one way, also where each by itself could be read.
  check_says(parse_error({"3/12/2004", "2004-03-13"}, DateOrder::mdy),
             "\"2004-03-13\" is not a valid M/D/YYYY date, as the row before it is");
  check_says(error_of([] { parse_date_order("YDM"); }), "\"date_order\" is \"YDM\"");
}

TEST_CASE("time: written as ISO 8601") {
  CHECK(format_timestamp(1078941600, false) == "2004-03-10T18:00:00");
  CHECK(format_timestamp(1078876800, true) == "2004-03-10");
  CHECK(format_timestamp(-1, false) == "1969-12-31T23:59:59");
  CHECK(are_dates(std::vector<std::int64_t>{0, 86400}));
  CHECK_FALSE(are_dates(std::vector<std::int64_t>{0, 86401}));
}

}  // namespace espalier
