#include "apps/data/frame.h"

#include <cstdio>
#include <functional>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/data/csv.h"
#include "apps/data/time.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::data_config;
using testing::error_of;
using testing::TemporaryFile;

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;
using Indices = std::vector<std::size_t>;

Frame read(const std::string& text, const std::function<void(DataConfig&)>& change = {},
           Protocol protocol = Protocol::honest) {
  const TemporaryFile file(text);
  DataConfig config = data_config(file.path(), "y");
  if (change) change(config);
  return read_frame(config, protocol);
}

std::string read_error(const std::string& text,
                       const std::function<void(DataConfig&)>& change = {}) {
  return error_of([&] { read(text, change); });
}

bool notes_hold(const Frame& frame, const std::string& part) {
  for (const std::string& note : frame.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

const std::string weather =
    "date,x,y,sky,z\n2020-01-01,1,10,sun,5\n2020-01-02,2,20,rain,6\n2020-01-03,3,15,sun,8\n";

}  // namespace

TEST_CASE("frame: all numeric columns are features, in file order; others are noted") {
  const Frame frame = read(weather, [](DataConfig& c) { c.time = {"date"}; });
  CHECK(frame.names == Texts{"x", "y", "z"});
  CHECK(frame.features == Indices{0, 1, 2});
  CHECK(frame.targets == Indices{1});
  CHECK(frame.target_column(0) == Numbers{10, 20, 15});
  CHECK(frame.time_texts == Texts{"2020-01-01", "2020-01-02", "2020-01-03"});
  CHECK(frame.times.front() == 1577836800);
  CHECK(frame.lines == Indices{2, 3, 4});
  CHECK(frame.notes == Texts{"left out column \"sky\": \"sun\" on line 2 is not a number"});
}

TEST_CASE("frame: under author the target is no input, unless it is listed") {
  const auto time = [](DataConfig& c) { c.time = {"date"}; };
  const Frame frame = read(weather, time, Protocol::author);
  CHECK(frame.names == Texts{"x", "y", "z"});
  CHECK(frame.features == Indices{0, 2});
  const auto listed = [](DataConfig& c) { c.features = Texts{"y", "x"}; };
  const Frame chosen = read(weather, listed, Protocol::author);
  CHECK(chosen.names == Texts{"x", "y"});
  CHECK(chosen.features == Indices{1, 0});
}

TEST_CASE("frame: without a time column rows are numbered; rows cuts the file") {
  const Frame frame = read(weather, [](DataConfig& c) { c.rows = 2; });
  CHECK(frame.rows() == 2);
  CHECK(frame.times.empty());
  CHECK(frame.time_texts == Texts{"1", "2"});
}

TEST_CASE("frame: columns that cannot be used are refused") {
  struct Case {
    std::function<void(DataConfig&)> change;
    std::string message;
  };
  const Case cases[] = {
      {[](DataConfig& c) { c.targets = {"yy"}; }, "\"target\" names \"yy\", no column of the file"},
      {[](DataConfig& c) { c.targets = {"skyy"}; }, "did you mean \"sky\"?"},
      {[](DataConfig& c) { c.targets = {"none"}; },
       "Its columns: \"date\", \"x\", \"y\", \"sky\", \"z\""},
      {[](DataConfig& c) { c.targets = {"sky"}; },
       ":2: column \"sky\", named in \"target\", holds \"sun\", not a number"},
      {[](DataConfig& c) {
         c.features = Texts{"x", "sky"};
       },
       ":2: column \"sky\", named in \"features\", holds \"sun\""},
      {[](DataConfig& c) {
         c.features = Texts{"x", "y", "x"};
       },
       "lists \"x\" twice"},
      {[](DataConfig& c) { c.features = Texts{}; }, "\"features\" is an empty list"},
      {[](DataConfig& c) {
         c.time = {"x"};
         c.features = Texts{"x"};
       },
       "\"features\" names column \"x\", which holds the time"},
      {[](DataConfig& c) { c.time = {"y"}; },
       "\"target\" names column \"y\", which holds the time"},
      {[](DataConfig& c) {
         c.time = {"date", "date"};
       },
       "\"time\" lists \"date\" twice"},
      {[](DataConfig& c) { c.time = {"day"}; }, "\"time\" names \"day\", no column"},
      {[](DataConfig& c) { c.rows = 4; }, "\"rows\" asks for 4 data rows, the file has 3"},
      {[](DataConfig& c) { c.delimiter = "::"; }, "\"delimiter\" is \"::\""},
      {[](DataConfig& c) {
         c.missing_markers = {"", "1", "2", "3"};
         c.features = Texts{"x"};
       },
       "column \"x\", named in \"features\", holds no value at all"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    check_says(read_error(weather, c.change), c.message);
  }
}

TEST_CASE("frame: numbers that no double holds, a constant target, no input at all") {
  check_says(read_error("x,y\n1,2\n1e400,3\n"),
             ":3: column \"x\" holds \"1e400\", which lies outside");
  check_says(read_error("x,y\n1,2\n3,2\n"), "the target \"y\" is 2 in all 2 rows");
  const TemporaryFile file("y,w\n1,a\n2,b\n");
  const DataConfig config = data_config(file.path(), "y");
  check_says(error_of([&] { read_frame(config, Protocol::author); }), "no numeric column is left");
  CHECK(read_frame(config, Protocol::honest).features == Indices{0});
  CHECK(notes_hold(read("x,y\n7,2\n7,3\n"), "column \"x\" is constant (7)"));
}

TEST_CASE("frame: time must rise") {
  const auto time = [](DataConfig& c) { c.time = {"t"}; };
  check_says(read_error("t,y\n2020-01-02,1\n2020-01-03,2\n2020-01-03,3\n", time),
             ":4: time \"2020-01-03\" does not come after \"2020-01-03\" on line 3; sort the rows");
  check_says(read_error("t,y\n2020-01-03,1\n2020-01-02,2\n", time), "oldest row first");
  check_says(read_error("t,y\n2020-01-02 00:00:00.1,1\n2020-01-02 00:00:00.2,2\n", time),
             "fractions of a second are not kept");
  check_says(read_error("t,y\n2020-01-02,1\n,2\n", time), ":3: time \"\" is not a valid");
  CHECK(notes_hold(read("t,y\n1/2/2020,1\n2/3/2020,2\n", time),
                   "YYYY-MM-DD or set \"date_order\" to be sure"));
}

TEST_CASE("frame: missing values, one policy after the other") {
  // x lacks rows 1, 4, 5 and 7; y lacks row 3.
  const std::string text = "x,y\n,1\n2,2\n4,NA\n-200,4\n-200.0,5\n10,6\nNA,7\n";
  const auto with = [](const char* policy) {
    return [policy](DataConfig& c) {
      c.missing = policy;
      c.missing_markers = {"NA", "-200"};
    };
  };
  SUBCASE("error names the first cell and counts the others") {
    check_says(
        read_error(text, with("error")),
        ":2: column \"x\" has no value here; 5 values missing in all (\"x\" 4, \"y\" 1): set "
        "\"missing\" to \"ffill\", \"interpolate\" or \"drop\"");
  }
  SUBCASE("ffill") {
    const Frame frame = read(text, with("ffill"));
    CHECK(frame.columns[0] == Numbers{2, 4, 4, 4, 10, 10});
    CHECK(frame.columns[1] == Numbers{2, 2, 4, 5, 6, 7});
    CHECK(frame.lines == Indices{3, 4, 5, 6, 7, 8});
    CHECK(frame.time_texts.front() == "2");
    CHECK(notes_hold(frame, "dropped the first 1 row"));
    CHECK(
        notes_hold(frame, "filled 4 missing values with the last value known (\"x\" 3, \"y\" 1)"));
    CHECK(notes_hold(frame, "1 value filled in the target are scored"));
  }
  SUBCASE("interpolate") {
    const Frame frame = read(text, with("interpolate"));
    CHECK(frame.columns[0] == Numbers{2, 4, 6, 8, 10, 10});
    CHECK(frame.columns[1] == Numbers{2, 3, 4, 5, 6, 7});
    CHECK(notes_hold(frame, "looks ahead"));
  }
  SUBCASE("values of rows that are dropped at the beginning count") {
    // x is known before y is, and missing where y begins.
    const std::string late = "x,y\n10,\nNA,20\n30,21\n";
    CHECK(read(late, with("ffill")).columns[0] == Numbers{10, 30});
    const Frame frame = read(late, with("interpolate"));
    CHECK(frame.columns[0] == Numbers{20, 30});
    CHECK(notes_hold(frame, "dropped the first 1 row"));
    CHECK(notes_hold(frame, "filled 1 missing value by"));
  }
  SUBCASE("drop") {
    const Frame frame = read(text, with("drop"));
    CHECK(frame.columns[0] == Numbers{2, 10});
    CHECK(frame.columns[1] == Numbers{2, 6});
    CHECK(frame.time_texts == Texts{"2", "6"});
    CHECK(notes_hold(frame, "dropped 5 of 7 rows"));
  }
  SUBCASE("an undeclared marker is a number") {
    const Frame frame = read("x,y\n-200,1\n3,2\n");
    CHECK(frame.columns[0] == Numbers{-200, 3});
  }
  SUBCASE("unused columns do not count") {
    const Frame frame = read(text, [](DataConfig& c) {
      c.features = Texts{"y"};
      c.missing = "drop";
    });
    CHECK(frame.rows() == 6);
  }
  SUBCASE("nothing left") {
    check_says(read_error("x,y\n1,\n,2\n", with("drop")), "leaves none");
  }
}

TEST_CASE("frame: the shipped data sets") {
  DataConfig config = data_config(testing::own_data("sp500-2000.csv"), "close");
  config.time = {"date"};
  const Frame prices = read_frame(config, Protocol::honest);
  CHECK(prices.rows() == 5105);
  CHECK(prices.names == Texts{"open", "high", "low", "close", "adjclose", "volume"});
  CHECK(prices.target_column(0).front() == 1455.219971);
  CHECK(prices.time_texts.back() == "2020-04-17");
  // Holidays of the exchange: the first is Martin Luther King Day of 2000, a Monday.
  CHECK(prices.notes.size() == 1);
  CHECK(notes_hold(prices,
                   "185 of 5104 steps between rows are not one weekday; the first: 2000-01-18 "
                   "follows 2000-01-14, expected 2000-01-17 (line 12)"));

  config = data_config(testing::own_data("seattle-weather.csv"), "temp_max");
  config.time = {"date"};
  const Frame weather_frame = read_frame(config, Protocol::honest);
  CHECK(weather_frame.rows() == 1461);
  CHECK(weather_frame.names == Texts{"precipitation", "temp_max", "temp_min", "wind"});
  CHECK(notes_hold(weather_frame, "left out column \"weather\": \"drizzle\" on line 2"));
}

TEST_CASE("frame: a value that looks like a mark for \"no value\" is told") {
  const auto notes_of = [](const Texts& values) {
    std::string text = "y,z\n";
    for (std::size_t row = 0; row < values.size(); ++row) {
      text += fmt::format("{},{}\n", values[row], row % 7);
    }
    const TemporaryFile file(text);
    return read_frame(data_config(file.path(), "y"), Protocol::honest);
  };
  Texts values;
  for (int row = 0; row < 40; ++row) values.push_back(fmt::to_string(100 + row * row % 37));
  CHECK(notes_of(values).notes.empty());
  Texts low = values, high = values, negative = values, rare = values;
  for (const std::size_t row : {3U, 9U, 10U, 20U, 31U}) {
    low[row] = "-200";
    high[row] = "9999";
    negative[row] = "-1";
    if (row > 3) rare[row] = "-200";
  }
  CHECK(notes_hold(notes_of(low),
                   "-200 looks like a mark for \"no value\" in \"y\" (5 rows; else 100 to 136): it "
                   "is far from all other values"));
  CHECK(notes_hold(notes_of(high), "9999 looks like a mark for \"no value\" in \"y\" (5 rows"));
  CHECK(notes_hold(notes_of(negative), "-1 looks like a mark for \"no value\" in \"y\" (5 rows"));
  CHECK(notes_of(rare).notes.empty());
  // Signs and flags are values.
  for (std::size_t row = 0; row < values.size(); ++row) {
    values[row] = fmt::to_string(static_cast<int>(row * row % 3) - 1);
  }
  CHECK(notes_of(values).notes.empty());
}

namespace {

DataConfig air_quality(const std::string& path) {
  DataConfig config = data_config(path, "CO(GT)");
  config.time = {"Date", "Time"};
  config.missing = "ffill";
  config.missing_markers = {"", "-200"};
  return config;
}

/// The file as UCI publishes it: `;` between cells, decimal commas, D/M/Y and 18.00.00.
std::string as_published(const CsvTable& table) {
  std::ostringstream text;
  for (const std::string& name : table.header) text << name << ';';
  text << ";\r\n";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    int month = 0;
    int day = 0;
    int year = 0;
    REQUIRE(std::sscanf(table.cell(row, 0).c_str(), "%d/%d/%d", &month, &day, &year) == 3);
    char date[32];
    std::snprintf(date, sizeof date, "%02d/%02d/%d", day, month, year);
    text << date;
    for (std::size_t column = 1; column < table.columns(); ++column) {
      std::string cell = table.cell(row, column);
      for (char& c : cell) c = c == ':' ? '.' : c == '.' ? ',' : c;
      text << ';' << cell;
    }
    text << ";;\r\n";
  }
  return text.str() + ";;;;;;;;;;;;;;;;\r\n";
}

}  // namespace

TEST_CASE("frame: UCI air quality, as copied and as published, is the same") {
  const auto path = testing::neighbouring_data("air_quality_uci.csv");
  if (!path) return;
  const Frame copy = read_frame(air_quality(*path), Protocol::honest);
  CHECK(copy.rows() == 9357);
  CHECK(copy.features.size() == 13);
  CHECK(copy.times.front() == 1078941600);
  CHECK(copy.time_texts.back() == "2005-04-04T14:00:00");
  CHECK(notes_hold(copy, "skipped 114 blank rows"));
  CHECK(notes_hold(copy, "dropped 2 columns without a name"));
  CHECK(notes_hold(copy, "read dates as M/D/YYYY"));
  // Counted with awk: cells equal to -200 per column.
  CHECK(notes_hold(copy, "\"CO(GT)\" 1683"));
  CHECK(notes_hold(copy, "\"NMHC(GT)\" 8443"));

  const TemporaryFile file(as_published(read_csv(*path)));
  const Frame published = read_frame(air_quality(file.path()), Protocol::honest);
  CHECK(notes_hold(published, "decimal comma"));
  CHECK(notes_hold(published, "read dates as D/M/YYYY"));
  CHECK(published.times == copy.times);
  CHECK(published.names == copy.names);
  CHECK(published.columns == copy.columns);

  DataConfig strict = air_quality(*path);
  strict.missing = "error";
  check_says(error_of([&] { read_frame(strict, Protocol::honest); }), "has no value here");
}

TEST_CASE("frame: ETTh1 and VIX") {
  if (const auto path = testing::neighbouring_data("ETTh1.csv")) {
    DataConfig config = data_config(*path, "OT");
    config.time = {"date"};
    config.rows = 800;
    const Frame frame = read_frame(config, Protocol::author);
    CHECK(frame.rows() == 800);
    CHECK(frame.features.size() == 6);
    CHECK(frame.time_texts[1] == "2016-07-01T01:00:00");
  }
  if (const auto path = testing::neighbouring_data("vix-daily.csv")) {
    DataConfig config = data_config(*path, "CLOSE");
    config.time = {"DATE"};
    CHECK(read_frame(config, Protocol::honest).rows() == 9235);
  }
}

}  // namespace espalier
