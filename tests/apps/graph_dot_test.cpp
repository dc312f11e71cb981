#include "apps/graph/graph_dot.h"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/error.h"

namespace espalier {
namespace {

using Kind = NodeProfile::Kind;

/// x and a parameter with an awkward name into an op, that and y into another, twice used.
std::vector<NodeProfile> small_graph() {
  return {
      {.op = "x", .shape = "(5,1,4)", .bytes = 80, .kind = Kind::data},
      {.op = "a<b>&\"c\"",
       .shape = "(8)",
       .needs_grad = true,
       .bytes = 32,
       .kind = Kind::parameter},
      {.op = "add_bias",
       .shape = "(5,1,4)",
       .inputs = {0, 1},
       .needs_grad = true,
       .forward_us = 1.25,
       .backward_us = 2500,
       .bytes = 123'456},
      {.op = "y", .shape = "(1)", .bytes = 4, .kind = Kind::data},
      {.op = "mul", .shape = "(5,1,4)", .inputs = {2, 2}, .needs_grad = true},
      {.op = "scale", .shape = "(1)", .inputs = {3}, .forward_us = 40},
  };
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  const std::sregex_iterator end;
  for (std::sregex_iterator at(text.begin(), text.end(), expression); at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

using Texts = std::vector<std::string>;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Runs without any program to be found while it lives.
class NoPath {
 public:
  NoPath() : before_(std::getenv("PATH")) { setenv("PATH", "/nonexistent", 1); }
  ~NoPath() { setenv("PATH", before_.c_str(), 1); }
  NoPath(const NoPath&) = delete;
  NoPath& operator=(const NoPath&) = delete;

 private:
  std::string before_;
};

}  // namespace

TEST_CASE("the graph has every node of the tape and an edge for each input") {
  const std::string dot = graph_dot(small_graph());
  CHECK(matches(dot, R"(\n  (n\d+) \[label)") == Texts{"n0", "n1", "n2", "n3", "n4", "n5"});
  CHECK(matches(dot, R"(\n  (n\d+ -> n\d+) )") ==
        Texts{"n0 -> n2", "n1 -> n2", "n2 -> n4", "n2 -> n4", "n3 -> n5"});
}

TEST_CASE("nodes say what they are, what they cost, and which carry gradients") {
  const std::string dot = graph_dot(small_graph());
  for (const char* part :
       {"<b>x</b>", ">5 × 1 × 4, 80 B</font>", "<b>a&lt;b&gt;&amp;&quot;c&quot;</b>",
        ">5 × 1 × 4, 123 kB<br/>forward 1.2 µs, backward 2.50 ms</font>",
        ">1, 0 B<br/>forward 40 µs</font>",
        "One training step: forward 41 µs, backward 2.50 ms, 124 kB"}) {
    CAPTURE(part);
    CHECK(holds(dot, part));
  }
  // Data has no gradient to carry; the last op, fed by data alone, neither.
  CHECK(matches(dot, R"(\n  (n\d+ -> n\d+) \[[^\]]*dashed)") == Texts{"n0 -> n2", "n3 -> n5"});
  CHECK(matches(dot, R"(\n  (n\d+) \[label[^\n]*dashed)") == Texts{"n5"});
  const auto colours = matches(dot, R"re(fillcolor="(#\w+)")re");
  REQUIRE(colours.size() == 6);
  CHECK(colours[0] == colours[3]);
  CHECK(colours[0] != colours[1]);
  CHECK(colours[2] == "#f6a65a");  // the longest
  CHECK(colours[4] == "#ffffff");  // no time at all
}

TEST_CASE("Graphviz reads the graph and draws all of it") {
  const std::optional<std::string> svg = graph_svg(graph_dot(small_graph()));
  if (!svg) {
    MESSAGE("skipped: Graphviz's dot isn't installed");
    return;
  }
  CHECK(svg->find("<svg") != std::string::npos);
  CHECK(matches(*svg, R"re((class="node"))re").size() == 6);
  CHECK(matches(*svg, R"re((class="edge"))re").size() == 5);
  CHECK(holds(*svg, "add_bias"));
  CHECK_THROWS_WITH_AS(graph_svg("digraph {"), doctest::Contains("could not draw"), Error);
}

TEST_CASE("where Graphviz isn't installed there is no drawing") {
  const NoPath no_path;
  CHECK(!graph_svg(graph_dot(small_graph())).has_value());
}

}  // namespace espalier
