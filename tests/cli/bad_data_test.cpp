#include <filesystem>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/real.h"
#include "tests/cli/bad_input.h"

using namespace espalier::test;

// One line is one case: extend the tables as you like.

namespace {

/// 200 rows whose column "tip" is the target of a later row, times `factor`.
std::string leaking_csv(std::size_t ahead, double factor) {
  const auto load = [](std::size_t row) { return static_cast<double>(row * row * 37 % 101); };
  std::string text = "date,load,tip\n";
  for (std::size_t row = 0; row < 200; ++row) {
    text += fmt::format("{},{},{}\n", small_date(static_cast<int>(row)), load(row),
                        factor * load(row + ahead));
  }
  return text;
}

std::string constant_csv() {
  std::string text = "date,load,wind\n";
  for (int row = 0; row < 200; ++row) text += fmt::format("{},7,{}\n", small_date(row), row % 13);
  return text;
}

BadInput leak(const std::string& name, const std::string& csv, std::vector<std::string> words) {
  BadInput input = bad_csv(name, csv, std::move(words));
  input.exit_code = usage_wrong;
  return input;
}

/// A CSV that only the override makes wrong.
BadInput with_override(BadInput input, const std::string& assignment) {
  input.arguments.insert(input.arguments.end(), {"-o", assignment});
  return input;
}

}  // namespace

TEST_CASE("CSV files that can't be used") {
  const std::string header = "date,load,wind\n";
  check_each({
      bad_csv("empty", "", {"data.csv", "empty"}),
      bad_csv("blank", "\n \n\n", {"data.csv", "empty"}),
      bad_csv("delimiters alone", ",,\n,,\n", {"data.csv", "no header"}),
      bad_csv("header only", header, {"data.csv", "no data rows"}),
      bad_csv("a cell too few", csv_with_line(9, "2020-01-08,51.5"),
              {"data.csv:9", "2 cells", "expected 3"}),
      bad_csv("a cell too many", csv_with_line(9, "2020-01-08,51.5,5,5"),
              {"data.csv:9", "4 cells", "expected 3"}),
      bad_csv("an open quote", csv_with_line(9, "2020-01-08,\"51.5,5"),
              {"data.csv:9", "never closed"}),
      bad_csv("a stray quote", csv_with_line(9, "2020-01-08,\"51\".5,5"), {"data.csv:9", "quote"}),
      bad_csv("a column twice", csv_with_line(1, "date,load,load"), {"data.csv:1", "\"load\""}),
      bad_csv("a column without a name", csv_with_line(1, "date,load,"), {"data.csv:1", "no name"}),
      bad_csv("no value", csv_with_line(9, "2020-01-08,,5"),
              {"data.csv:9", "\"load\"", "\"ffill\""}),
      bad_csv("NA", csv_with_line(9, "2020-01-08,51.5,NA"), {"data.csv:9", "\"wind\"", "\"drop\""}),
      bad_csv("text in the target", csv_with_line(9, "2020-01-08,high,5"),
              {"data.csv:9", "\"load\"", "\"high\"", "missing_markers"}),
      with_override(bad_csv("text in a feature", csv_with_line(9, "2020-01-08,51.5,calm"),
                            {"data.csv:9", "\"wind\"", "\"calm\"", "missing_markers"}),
                    "data.features=wind"),
      bad_csv("inf", csv_with_line(9, "2020-01-08,inf,5"), {"data.csv:9", "\"inf\""}),
      bad_csv("a number beyond 64 bits", csv_with_line(9, "2020-01-08,1e999,5"),
              {"data.csv:9", "\"1e999\"", "range"}),
      bad_csv("a number beyond squares", csv_with_line(9, "2020-01-08,1e300,5"), {"too large"}),
      bad_csv("time falls", csv_with_line(9, "2020-01-03,51.5,5"),
              {"data.csv:9", "\"2020-01-03\"", "does not come after"}),
      bad_csv("time stands still", csv_with_line(9, "2020-01-07,51.5,5"),
              {"data.csv:9", "does not come after", "one per time"}),
      bad_csv("an impossible date", csv_with_line(9, "2020-02-30,51.5,5"),
              {"data.csv:9", "\"2020-02-30\"", "not a valid"}),
      bad_csv("no date", csv_with_line(9, ",51.5,5"), {"data.csv:9", "\"\""}),
      bad_csv("no dates at all", csv_with_line(2, "Monday,51.5,5"),
              {"data.csv:2", "\"Monday\"", "YYYY-MM-DD"}),
      bad_csv("a constant target", constant_csv(), {"data.csv", "\"load\"", "nothing to forecast"}),
      bad_csv("a NUL byte", csv_with_line(9, std::string_view("2020-01-08,\0,5", 14)),
              {"data.csv:9", "NUL", "binary"}),
      bad_csv("UTF-16", "\xff\xfe" + small_csv(), {"data.csv:1", "UTF-16"}),
      bad_csv("a header that isn't UTF-8", csv_with_line(1, "date,load,\xff"), {"data.csv:1"}),
      leak("a leak", leaking_csv(1, 1), {"\"tip\"", "\"load\"", "1 row ahead", "leave"}),
      leak("a rescaled leak", leaking_csv(3, 2), {"\"tip\"", "rescaled", "3 rows ahead"}),
  });
}

TEST_CASE("numbers beyond float") {
  if (sizeof(espalier::real) == sizeof(double)) return;
  check_each({with_override(bad_csv("1e39", csv_with_line(9, "2020-01-08,51,1e39"),
                                    {"data.csv:9", "\"wind\"", "too large"}),
                            "data.scale=none")});
}

TEST_CASE("the CSV makers make sound files when nothing is planted") {
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", csv_with_line(9, "2020-01-08,51.5,5"));
  CHECK(run({"check", "config.json"}, {.folder = folder.path()}).exit_code == 0);
  write_text(folder / "data.csv", leaking_csv(0, 1));
  CHECK(run({"check", "config.json"}, {.folder = folder.path()}).exit_code == 0);
}

TEST_CASE("files that may not be read") {
  if (::geteuid() == 0) return;  // root may read everything
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  for (const char* name : {"data.csv", "config.json"}) {
    CAPTURE(name);
    std::filesystem::permissions(folder / name, std::filesystem::perms::none);
    const Outcome outcome = run({"check", "config.json"}, {.folder = folder.path()});
    CHECK(fault_of(outcome, usage_wrong, {name}) == "");
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
  }
}

TEST_CASE("the check of outcomes notices what is wrong with them") {
  const auto faulty = [](const Outcome& outcome) { return fault_of(outcome, 2, {"train"}) != ""; };
  CHECK_FALSE(faulty({2, "", "error: no train\n"}));
  CHECK_FALSE(faulty({2, "", "error: no train\nnor model\n"}));
  CHECK(faulty({1, "", "error: no train\n"}));
  CHECK(faulty({2, "{}", "error: no train\n"}));
  CHECK(faulty({2, "", "error: no\n"}));
  CHECK(faulty({2, "", "no train\n"}));
  CHECK(faulty({2, "", "error: no train\nerror: again\n"}));
  CHECK(faulty({2, "", "error: train: std::bad_alloc\n"}));
  CHECK(faulty({2, "", "error: train\nERROR: AddressSanitizer\n"}));
}
