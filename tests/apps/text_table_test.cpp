#include "apps/explain/text_table.h"

#include <doctest/doctest.h>

namespace espalier::test {

TEST_CASE("a table that is too wide goes on below, heads repeated, groups kept together") {
  TextTable table("row");
  for (const char* group : {"a", "b", "c"}) {
    table.column("own", group);
    table.column("scaled", group);
  }
  for (const char* row : {"1", "2"}) {
    table.begin_row(row);
    for (int k = 0; k < 6; ++k) table.cell(std::string(row) + std::to_string(k));
  }
  CHECK(table.text(16) ==
        "               a\n"
        "row  own  scaled\n"
        "1     10      11\n"
        "2     20      21\n"
        "\n"
        "               b\n"
        "row  own  scaled\n"
        "1     12      13\n"
        "2     22      23\n"
        "\n"
        "               c\n"
        "row  own  scaled\n"
        "1     14      15\n"
        "2     24      25\n");
  CHECK(table.text(42) ==
        "               a            b            c\n"
        "row  own  scaled  own  scaled  own  scaled\n"
        "1     10      11   12      13   14      15\n"
        "2     20      21   22      23   24      25\n");
}

TEST_CASE("a group that is wider than the line is not cut, and characters count, not bytes") {
  TextTable table("");
  table.column("σ(x)");
  table.begin_row("è");
  table.cell("−1.5");
  CHECK(character_count("−1.5") == 4);
  CHECK(table.text(3) == "   σ(x)\nè  −1.5\n");
}

TEST_CASE("of a long table the middle is left out, with the number of its rows") {
  TextTable table("row");
  table.column("x");
  for (int row = 1; row <= 100; ++row) {
    table.begin_row(std::to_string(row));
    table.cell("0");
  }
  const std::string text = table.text(80);
  CHECK(text.find("4    0\n… 52 more") != std::string::npos);
  CHECK(text.find("html\n57   0\n") != std::string::npos);
  CHECK(text.find("\n5    0\n") == std::string::npos);
  CHECK(text.ends_with("100  0\n"));
}

}  // namespace espalier::test
