// espalier gradcheck: what it lists, what it says of a wrong derivative, and its exit codes.

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/registry.h"
#include "tests/cli/bad_input.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

Outcome gradcheck(std::vector<std::string> more) {
  more.insert(more.begin(), "gradcheck");
  return run(more);
}

json checks_of(const Outcome& outcome) {
  return json::parse(outcome.out).at("checks");
}

}  // namespace

TEST_CASE("without a name everything is checked, and right") {
  const Outcome outcome = gradcheck({"--json"});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  const double tolerance = json::parse(outcome.out).at("tolerance");
  std::vector<std::string> models;
  for (const json& check : checks_of(outcome)) {
    CAPTURE(check.dump());
    CHECK(check.at("ok") == true);
    CHECK(check.at("derivatives") > 0);
    CHECK(check.at("worst_error") < tolerance);
    CHECK(check.at("falsified") == 0);
    if (check.at("kind") == "model") models.push_back(check.at("name"));
  }
  for (const espalier::ModelEntry& entry : espalier::model_registry()) {
    const bool trained = entry.info.name != "persistence" && entry.info.name != "seasonal_naive";
    CAPTURE(entry.info.name);
    CHECK((std::ranges::find(models, entry.info.name) != models.end()) == trained);
  }
}

TEST_CASE("a name selects what bears it, a kind before it one of these") {
  const auto named = [](const std::string& name) {
    std::vector<std::string> kinds;
    for (const json& check : checks_of(gradcheck({name, "--json"}))) {
      kinds.push_back(check.at("kind"));
    }
    return kinds;
  };
  CHECK(named("linear") == std::vector<std::string>{"op", "layer", "model"});
  CHECK(named("layer/linear") == std::vector<std::string>{"layer"});
  CHECK(named("softmax") == std::vector<std::string>{"op"});
}

TEST_CASE("a broken derivative is caught and named, in all that uses it") {
  const Outcome outcome =
      gradcheck({"tanh", "exp", "layer/rnn", "model/linear", "--break", "op/tanh"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.starts_with("error: 2 of 4 have a wrong gradient; the first is op/tanh: x["));
  CHECK(contains(outcome.err, "backward says"));
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK(std::ranges::count(outcome.out, '\n') == 6);
  for (const std::string line : {"\ntanh ", "\nexp ", "\nrnn ", "\nlinear "}) {
    CAPTURE(line);
    const std::size_t begin = outcome.out.find(line);
    REQUIRE(begin != std::string::npos);
    const std::size_t end = outcome.out.find('\n', begin + 1);
    const bool wrong = outcome.out.substr(begin, end - begin).ends_with("  WRONG");
    CHECK(wrong == (line == "\ntanh " || line == "\nrnn "));
  }
}

TEST_CASE("names that can't be checked or broken are refused") {
  CHECK(fault_of(gradcheck({"tahn"}), usage_wrong, {"NAME: \"tahn\"", "mean \"tanh\"?"}) == "");
  CHECK(fault_of(gradcheck({"layer/lsmt"}), usage_wrong, {"mean \"layer/lstm\"?"}) == "");
  CHECK(fault_of(gradcheck({"persistence"}), usage_wrong, {"\"persistence\"", "lists them"}) == "");
  CHECK(fault_of(gradcheck({"exp", "--break", "exq"}), usage_wrong,
                 {"--break: \"exq\"", "mean \"exp\"?"}) == "");
  const Outcome unrelated = gradcheck({"exp", "--break", "mul"});
  CHECK(fault_of(unrelated, usage_wrong, {"--break mul", "used by exp"}) == "");
  CHECK(unrelated.out == "");
  // Also where another broke something.
  CHECK(fault_of(gradcheck({"tanh", "--break", "tanh", "--break", "exp"}), usage_wrong,
                 {"--break exp:", "used by tanh"}) == "");
}

TEST_CASE("a broken layer is falsified itself, beside what a broken op in it falsifies") {
  const auto falsified = [](const std::vector<std::string>& broken) {
    std::vector<std::string> arguments{"layer/rnn", "--json"};
    for (const std::string& name : broken) arguments.insert(arguments.end(), {"--break", name});
    const Outcome outcome = gradcheck(arguments);
    CHECK(outcome.exit_code == 1);
    return checks_of(outcome).at(0).at("falsified").get<int>();
  };
  const int by_op = falsified({"op/tanh"});
  const int by_layer = falsified({"layer/rnn"});
  CHECK(by_op > 0);
  CHECK(by_layer > 0);
  CHECK(falsified({"op/tanh", "layer/rnn"}) == by_op + by_layer);
  CHECK(falsified({"layer/rnn", "rnn"}) == by_layer);
}
