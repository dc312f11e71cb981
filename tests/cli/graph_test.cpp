// espalier graph: a config's tape, on stdout or in a file.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/bad_input.h"
#include "tests/cli/workplace.h"
#include "tests/support/text.h"

using namespace espalier::test;

namespace {

Outcome graph(const Workplace& place, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"graph", "config.json"});
  return place.espalier(more);
}

}  // namespace

TEST_CASE("a config's graph names its parameters and ops, and nothing is written") {
  const Workplace place;
  const Outcome outcome = graph(place);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  CHECK(outcome.out.starts_with("digraph step {\n"));
  CHECK(outcome.out.ends_with("}\n"));
  for (const char* name :
       {"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "fc.weight",
        "fc.bias", "x", "y", "lstm_sequence", "select", "linear", "mse_loss"}) {
    CAPTURE(name);
    CHECK(contains(outcome.out, std::string("<b>") + name + "</b>"));
  }
  CHECK(!exists(place / "runs"));
}

TEST_CASE("overrides change the graph, and --output writes it to a file") {
  const Workplace place;
  const Outcome outcome = graph(place, {"-o", "model.layers=2", "-o", "train.loss=mae", "--seed",
                                        "3", "--output", "graph.dot"});
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.out == "");
  const std::string dot = read_text(place / "graph.dot");
  CHECK(contains(dot, "<b>lstm.weight_hh_l1</b>"));
  CHECK(contains(dot, "<b>mae_loss</b>"));
}

TEST_CASE("an SVG takes Graphviz, and without it the way out is said") {
  const Workplace place;
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const Outcome outcome = graph(place, {"--output", "graph.svg"});
  setenv("PATH", path.c_str(), 1);
  CHECK(fault_of(outcome, run_failed, {"graph.svg", "install graphviz", ".dot"}) == "");
  CHECK(!exists(place / "graph.svg"));
  if (std::system("command -v dot > /dev/null") != 0) {
    MESSAGE("the rest skipped: Graphviz's dot isn't installed");
    return;
  }
  CHECK(graph(place, {"--output", "graph.svg"}).exit_code == 0);
  const std::string svg = read_text(place / "graph.svg");
  CHECK(contains(svg, "<svg"));
  CHECK(contains(svg, "lstm.weight_hh_l0"));
}

TEST_CASE("what can't be drawn is refused") {
  const Workplace place;
  CHECK(fault_of(graph(place, {"--output", "graph.png"}), usage_wrong,
                 {"--output", "graph.png", ".dot", ".svg"}) == "");
  CHECK(fault_of(graph(place, {"-o", "model.hiden=3"}), usage_wrong, {"hiden"}) == "");
}
