#include "apps/graph/graph_dot.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/text.h"

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

/// Programs are sought in this folder alone while it lives.
class OnlyFolder {
 public:
  explicit OnlyFolder(const std::string& folder) : before_(std::getenv("PATH")) {
    setenv("PATH", folder.c_str(), 1);
  }
  ~OnlyFolder() { setenv("PATH", before_.c_str(), 1); }
  OnlyFolder(const OnlyFolder&) = delete;
  OnlyFolder& operator=(const OnlyFolder&) = delete;

 private:
  std::string before_;
};

/// Why a graph isn't drawn by a shell script that stands for dot; nullptr: by none.
std::string problem_with(const char* script, std::chrono::seconds limit) {
  const test::TemporaryFolder folder;
  if (script != nullptr) {
    std::ofstream(folder / "dot") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(folder / "dot", std::filesystem::perms::owner_all);
  }
  const OnlyFolder programs(folder.path());
  const GraphDrawing drawing = draw_graph(graph_dot(small_graph()), limit);
  CHECK(drawing.svg == "");
  return drawing.problem;
}

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
    CHECK(test::contains(dot, part));
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
  const GraphDrawing drawing = draw_graph(graph_dot(small_graph()), std::chrono::seconds(60));
  if (test::contains(drawing.problem, "isn't installed")) {
    MESSAGE("skipped: Graphviz's dot isn't installed");
    return;
  }
  REQUIRE(drawing.problem == "");
  CHECK(matches(drawing.svg, R"re((class="node"))re").size() == 6);
  CHECK(matches(drawing.svg, R"re((class="edge"))re").size() == 5);
  CHECK(test::contains(drawing.svg, "add_bias"));
  const GraphDrawing none = draw_graph("digraph {", std::chrono::seconds(60));
  CHECK(none.svg == "");
  CHECK(test::contains(none.problem, "could not draw"));
}

TEST_CASE("where dot doesn't draw, there is no drawing but a reason") {
  constexpr std::chrono::seconds long_enough(60);
  CHECK(test::contains(problem_with(nullptr, long_enough),
                       "isn't installed: apt-get install graphviz"));
  CHECK(test::contains(problem_with("echo no fonts >&2\nexit 3\n", long_enough),
                       "could not draw the graph: no fonts"));
  rlimit file_size{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &file_size) == 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = file_size.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  const GraphDrawing drawing = draw_graph(graph_dot(small_graph()), long_enough);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &file_size) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(test::contains(drawing.problem, "cannot write a temporary file"));
  CHECK(test::contains(problem_with("exit 0\n", long_enough), "it exited with 0 and said nothing"));
  CHECK(test::contains(problem_with("kill -9 $$\n", long_enough), "it was ended by signal 9"));
  CHECK(problem_with("while :; do :; done\n", std::chrono::seconds(0)) ==
        "Graphviz's dot was still drawing after 0s");
}

}  // namespace espalier
