#include <cmath>

#include <doctest/doctest.h>

#include "apps/explain/explanation_text.h"
#include "tests/support/text.h"

namespace espalier::test {

namespace {

using double_precision::ExplainedNode;

ExplainedNode node(const char* op, const char* name, double value, double slope, double error) {
  return {.op = op,
          .name = name,
          .shape = {1, 1},
          .values = {value},
          .gradient = {slope},
          .compared = {{.element = 0, .backward = slope, .difference = slope, .error = error}}};
}

/// Two steps of one unit; `error` is the worst of all comparisons.
ExplainedWindow small_window(double error) {
  ExplainedWindow window{.run = "runs/<a>", .model = "rnn", .loss = "mse", .row = 3};
  window.features = window.targets = {"a&b"};
  window.input_times = {"1", "2"};
  window.forecast_times = {"3"};
  window.inputs = {{1, 2}, {-1, 1}};
  window.truth = window.forecast = {{3}, {2}};
  window.float_forecast = {3};
  window.inside.nodes = {node("x", "", 1, 0.5, 0), node("tanh", "h", 0.25, 0.5, error),
                         node("tanh", "h", 0.75, 1, 0), node("mse_loss", "", 0, 1, 0)};
  window.inside.forecast = 2;
  window.inside.loss = 3;
  window.inside.recurrent_layers = {{{.first = 1, .last = 1, .gates = {1}, .next_h = 1},
                                     {.first = 2, .last = 2, .gates = {2}, .next_h = 2}}};
  return window;
}

}  // namespace

TEST_CASE("a state that is replaced at the first step only leaves a gap behind") {
  ExplainedWindow window = small_window(0);
  window.inside.nodes[0].name = "next h";
  window.inside.recurrent_layers[0][0].gates = {1, 0};
  const std::string page = explanation_page(window, {}, "const library = 1;");
  CHECK(contains(page, "next h"));
  CHECK(contains(page, ",null]"));
}

TEST_CASE("the page has charts where there is Chart.js, and stands without") {
  const ExplainedWindow window = small_window(0);
  const std::string with = explanation_page(window, {}, "const library = 1;");
  const std::string without = explanation_page(window, {}, std::nullopt);
  for (const char* part : {"const library = 1;", "id=\"chart-data\"", "data-choices=\"gates\""}) {
    INFO(part);
    CHECK(contains(with, part));
    CHECK_FALSE(contains(without, part));
  }
  for (const char* part : {"id=\"heat-data\"", "<td>0.25000</td>", "runs/&lt;a&gt;", "a&amp;b"}) {
    INFO(part);
    CHECK(contains(with, part));
    CHECK(contains(without, part));
  }
}

TEST_CASE("the page's script spreads no list of numbers into arguments") {
  // A map can have more cells than a call can have arguments.
  const std::string page = explanation_page(small_window(0), {}, std::nullopt);
  CHECK(contains(page, "Math.max("));
  CHECK_FALSE(contains(page, "Math.max(..."));
}

TEST_CASE("one disagreement is enough, in text, page and JSON") {
  CHECK(verdict(small_window(1e-7)) ==
        "4 of 4 derivatives compared; worst error 1.0e-07 (node 1): all agree.");
  for (const double error : {1.1e-7, std::nan("")}) {
    const ExplainedWindow window = small_window(error);
    CHECK(window.inside.disagreements() == 1);
    CHECK(verdict(window).ends_with("(node 1): 1 DISAGREE."));
    CHECK(contains(explanation_text(window, {}), "WRONG\n"));
    CHECK(contains(explanation_page(window, {}, std::nullopt), "class=\"wrong\""));
    CHECK(contains(explanation_json(window), "\"disagreements\":1"));
  }
}

}  // namespace espalier::test
