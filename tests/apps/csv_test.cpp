#include "apps/data/csv.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "apps/data/number.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

CsvTable parse(std::string_view text, const CsvOptions& options = {}) {
  return parse_csv(text, "t.csv", options);
}

std::string parse_error(std::string_view text, const CsvOptions& options = {}) {
  return error_of([&] { parse(text, options); });
}

using Texts = std::vector<std::string>;
using Lines = std::vector<std::size_t>;

}  // namespace

TEST_CASE("csv: the same table under every line end, with and without byte order mark") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
      const CsvTable table = parse(mark + "a,b" + end + "1,2" + end + "3,4");
      CHECK(table.header == Texts{"a", "b"});
      CHECK(table.cells == Texts{"1", "2", "3", "4"});
      CHECK(table.lines == Lines{2, 3});
      CHECK(table.notes.empty());
    }
  }
}

TEST_CASE("csv: quoted cells keep delimiters, doubled quotes and line ends; lines stay right") {
  const CsvTable table = parse("a,b\n\"x,\"\"y\"\"\",\"two\nlines\r\nand a third\"\n5,6\n");
  CHECK(table.cells == Texts{"x,\"y\"", "two\nlines\r\nand a third", "5", "6"});
  CHECK(table.lines == Lines{2, 5});
}

TEST_CASE("csv: spaces around cells do not belong to them") {
  CHECK(parse("a, b\n 1 ,2 \n").cells == Texts{"1", "2"});
  CHECK(parse("a, b\n 1 ,2 \n").header == Texts{"a", "b"});
}

TEST_CASE("csv: delimiters are detected") {
  CHECK(parse("a,b\n1,2\n").delimiter == ',');
  CHECK(parse("a;b\n1,5;2,5\n").delimiter == ';');
  CHECK(parse("a\tb\n1,5\t2,5\n").delimiter == '\t');
  CHECK(parse("a|b\n1|2\n").delimiter == '|');
  CHECK(parse("\"a;b\",c\n1,2\n").delimiter == ',');
  SUBCASE("a delimiter in the header alone does not count") {
    CHECK(parse("CO, mg;T\n1;2\n3;4\n").delimiter == ';');
  }
  SUBCASE("one column") {
    const CsvTable table = parse("close\n1,5\n2,5\n");
    CHECK(table.delimiter == '\0');
    CHECK(table.cells == Texts{"1,5", "2,5"});
  }
  SUBCASE("a given one is obeyed") {
    CHECK(parse("a;b\n1;2\n", {.delimiter = ','}).cells == Texts{"1;2"});
  }
}

TEST_CASE("csv: blank rows are skipped and counted, nameless empty columns dropped") {
  const CsvTable table = parse("a,b,,\n1,2,,\n,,,\n\n  \n3,4,,\n,,,\n");
  CHECK(table.header == Texts{"a", "b"});
  CHECK(table.cells == Texts{"1", "2", "3", "4"});
  CHECK(table.lines == Lines{2, 6});
  CHECK(table.notes ==
        Texts{"skipped 4 blank rows", "dropped 2 columns without a name and without values"});
}

TEST_CASE("csv: rows limits what is read") {
  const CsvTable table = parse("a,b\n1,2\n\n3,4\n5,6,7\n", {.rows = 2});
  CHECK(table.cells == Texts{"1", "2", "3", "4"});
  check_says(parse_error("a,b\n1,2\n", {.rows = 3}),
             "t.csv: \"rows\" asks for 3 data rows, the file has 1");
}

TEST_CASE("csv: what is no table is refused, with its line") {
  struct Case {
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"", "t.csv: the file is empty"},
      {"\xEF\xBB\xBF\n \n", "t.csv: the file is empty"},
      {",,\n,,\n", "t.csv: holds no header"},
      {"a,b\n", "t.csv: has a header but no data rows"},
      {"a,b\n,\n", "t.csv: has a header but no data rows"},
      {"a,b\n1,2\n\n3\n", "t.csv:4: found 1 cell, expected 2 as in the header (delimiter \",\")"},
      {"a\tb\n1\t2\t3\n", "t.csv:2: found 3 cells, expected 2 as in the header (delimiter tab)"},
      {"a,b\n1,\"2\n3,4\n5,6\n", "t.csv:2: the quote that opens here is never closed"},
      {"a,b\n1,2\n3,\"4", "t.csv:3: the quote that opens here is never closed"},
      {"a,b\n\"1\n2\",\"3\n4\n", "t.csv:3: the quote that opens here is never closed"},
      {"a,b\n1,2\n5\" pipe,3\n", "t.csv:3: a quote may only enclose a whole cell"},
      {"a,b\n1,2\n\"x\"y,3\n", "t.csv:3: a quote may only enclose a whole cell"},
      {"a,b,a\n1,2,3\n", "t.csv:1: columns 1 and 3 are both named \"a\""},
      {"a,,b\n1,,2\n3,4,5\n", "t.csv:1: column 2 has no name but holds values (\"4\" on line 3)"},
      {std::string("a,b\n1,\0002\n", 9), "t.csv:2: holds a NUL byte"},
      {"\xFF\xFE"
       "a,b",
       "t.csv:1: the text is UTF-16"},
      {"a,T\xE9mp\n1,2\n", "t.csv:1: the name of column 2 is not valid UTF-8"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    check_says(parse_error(c.text), c.message);
  }
}

TEST_CASE("csv: files that cannot be read are named") {
  check_says(error_of([] { read_csv("no/such.csv"); }),
             "no/such.csv: cannot be read: No such file");
  const std::string folder = std::filesystem::temp_directory_path().string();
  check_says(error_of([&] { read_csv(folder); }), "is a directory");
}

TEST_CASE("number: decimal numbers and nothing else") {
  struct Case {
    std::string cell;
    char decimal;
    CellKind kind;
    double value;
  };
  constexpr auto number = CellKind::number;
  constexpr auto text = CellKind::text;
  const Case cases[] = {
      {"1", '.', number, 1},
      {" -2.50 ", '.', number, -2.5},
      {"+.5", '.', number, 0.5},
      {"3.", '.', number, 3},
      {"1e3", '.', number, 1000},
      {"1.5E-2", '.', number, 0.015},
      {"2,5", ',', number, 2.5},
      {"-200,0", ',', number, -200},
      {"1,5e1", ',', number, 15},
      {"0.1", '.', number, 0.1},
      {"2,5", '.', text, 0},
      {"2.5", ',', text, 0},
      {"1,234.5", '.', text, 0},
      {"1.234,5", ',', text, 0},
      {"1,2,3", ',', text, 0},
      {"inf", '.', text, 0},
      {"-nan", '.', text, 0},
      {"0x10", '.', text, 0},
      {"+-5", '.', text, 0},
      {"1 2", '.', text, 0},
      {"", '.', text, 0},
      {"-", '.', text, 0},
      {".", '.', text, 0},
      {"1e", '.', text, 0},
      {"18.00.00", '.', text, 0},
      {"1e400", '.', CellKind::out_of_range, 0},
      {"-1e400", '.', CellKind::out_of_range, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.cell);
    const ParsedCell parsed = parse_number(c.cell, c.decimal);
    CHECK(parsed.kind == c.kind);
    if (c.kind == number) CHECK(parsed.value == c.value);
  }
}

TEST_CASE("number: the decimal sign is the one most numbers have") {
  const Texts commas = {"2,5", "1360", "18.00.00", "10/03/2004", "1,5"};
  CHECK(detect_decimal(commas, ';') == ',');
  CHECK(detect_decimal(commas, ',') == '.');
  CHECK(detect_decimal(Texts{"2.5", "1,234", "3.5"}, ';') == '.');
  CHECK(detect_decimal(Texts{"2", "word"}, ';') == '.');
}

}  // namespace espalier
