// The shape of what `espalier bench` says; never the times.

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

Outcome bench(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"bench", "--window", "2", "--batch", "4", "--seconds", "0.01"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

constexpr const char* figures[] = {"step_us", "infer_us", "gflops", "peak_fraction",
                                   "roofline_fraction"};

/// The words of the lines that begin with `word`, a list for each.
std::vector<std::vector<std::string>> words_of_lines(const std::string& text,
                                                     const std::string& word) {
  std::vector<std::vector<std::string>> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> all;
    for (std::string one; words >> one;) all.push_back(one);
    if (!all.empty() && all.front() == word) found.push_back(all);
  }
  return found;
}

}  // namespace

TEST_CASE("bench lists one object for each case, all figures above 0") {
  const Outcome outcome =
      bench({"--model", "lstm", "--sparsity", "0", "--sparsity", "0.9", "--json"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  const json list = json::parse(outcome.out);
  REQUIRE(list.is_array());
  REQUIRE(list.size() == 2);
  const double sparsities[] = {0, 0.9};
  for (std::size_t i = 0; i < 2; ++i) {
    CAPTURE(list[i].dump());
    CHECK(list[i].at("model") == "lstm");
    CHECK(list[i].at("window") == 2);
    CHECK(list[i].at("batch") == 4);
    CHECK(list[i].at("sparsity") == sparsities[i]);
    for (const char* figure : figures) {
      CAPTURE(figure);
      CHECK(list[i].at(figure).get<double>() > 0);
    }
    for (const std::string figure : {"step_us", "infer_us"}) {
      const json& quartiles = list[i].at(figure + "_quartiles");
      CHECK(quartiles.at(0).get<double>() <= list[i].at(figure).get<double>());
      CHECK(quartiles.at(1).get<double>() >= list[i].at(figure).get<double>());
    }
  }
}

TEST_CASE("the table has the same rows") {
  const Outcome outcome = bench({"--model", "lstm", "--sparsity", "0", "--sparsity", "0.9"});
  REQUIRE(outcome.exit_code == 0);
  const auto rows = words_of_lines(outcome.out, "lstm");
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows) {
    CHECK(row.at(1) == "2");
    CHECK(row.at(2) == "4");
    CHECK(std::stod(row.at(4)) > 0);
  }
  CHECK(rows[0].at(3) == "0");
  CHECK(rows[1].at(3) == "0.9");
  CHECK(words_of_lines(outcome.out, "model").size() == 1);
}

TEST_CASE("models without hidden layers can be timed, pruned to the last weight too") {
  const Outcome outcome = bench(
      {"--model", "linear", "--model", "dlinear", "--sparsity", "0", "--sparsity", "1", "--json"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json list = json::parse(outcome.out);
  REQUIRE(list.size() == 4);
  for (const json& one : list) {
    for (const char* figure : figures) CHECK(one.at(figure).get<double>() > 0);
  }
}

TEST_CASE("a model that is unknown, or has nothing to train, is refused with those that do") {
  for (const std::string name : {"lsmt", "persistence", "seasonal_naive"}) {
    CAPTURE(name);
    const Outcome outcome = bench({"--model", "lstm", "--model", name});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err.starts_with("error: --model: \"" + name + "\""));
    CHECK(outcome.err.find("(known: rnn, gru, lstm, patch_transformer,") != std::string::npos);
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
  }
  CHECK(bench({"--model", "lsmt"}).err.find("did you mean \"lstm\"?") != std::string::npos);
}
