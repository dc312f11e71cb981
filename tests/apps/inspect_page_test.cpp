#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "apps/inspect/page.h"
#include "apps/report/html.h"
#include "apps/report/report.h"
#include "tests/support/text.h"

namespace espalier {

namespace {

MatrixRecord record_of(const std::vector<std::uint8_t>& mask, QuantisedCells cells) {
  MatrixRecord record{.mask_bits = pack_mask(mask), .values = std::move(cells)};
  for (const std::uint8_t live : mask) record.survivors += live;
  record.histogram.kept[45] = 3;
  record.weight_norm = 1.5;
  return record;
}

/// A recurrent layer of two units with one gate, before training and after an update that cuts the
/// input "wind" and unit 1.
Inspection small_inspection() {
  Inspection inspection;
  inspection.run = {.directory = "runs/small",
                    .resolved = "{\"name\": \"small\"}\n",
                    .config = {},
                    .data_sha256 = "0f1e2d"};
  inspection.run.config.name = "small";
  inspection.run.config.model.type = "rnn";
  inspection.run.config.data.path = "data.csv";
  inspection.rows = 200;
  inspection.features = {"load", "wind"};
  inspection.epochs = {{.epoch = 0, .train_loss = 0.5, .validation_loss = 0.25, .best = true}};
  inspection.pruning_lines = {
      R"({"epoch":0,"batch":3,"step":3,"target_sparsity":0.625,"achieved_sparsity":0.5,)"
      R"("threshold":0.125,"pruned":4,"prunable":8,"layers":{}})"};
  inspection.matrices = {
      {.name = "w_ih", .grid = {.rows = 2, .columns = 2}, .units_of = 0},
      {.name = "w_hh", .grid = {.rows = 2, .columns = 2}, .recurrent = true, .units_of = 0}};
  const QuantisedCells full{.cells = {127, 0, -127, 64}, .scale = 0.75};
  Snapshot start;
  start.update.prunable = 8;
  start.matrices = {record_of({1, 1, 1, 1}, full), record_of({1, 1, 1, 1}, full)};
  Snapshot after{
      .moment = Snapshot::Moment::update,
      .number = 0,
      .progress = {.epoch = 0, .batch = 3, .batches_per_epoch = 8},
      .update = {.target_sparsity = 0.625, .threshold = 0.125, .pruned = 4, .prunable = 8}};
  after.matrices = {record_of({1, 0, 0, 0}, {.cells = {127, -128, -128, -128}, .scale = 0.5}),
                    record_of({1, 1, 0, 1}, {.cells = {127, 1, -128, -127}, .scale = 0.5})};
  inspection.snapshots = {start, after};
  inspection.parameters = {{.name = "w_ih",
                            .shape = "(2,2)",
                            .size = 4,
                            .pruned = 3,
                            .units = 2,
                            .inputs = 2,
                            .dead_units = 1,
                            .dead_inputs = 1}};
  using Kind = NodeProfile::Kind;
  const auto node = [](const char* op, std::vector<std::uint32_t> inputs, double us,
                       std::int64_t bytes, Kind kind) {
    return NodeProfile{.op = op,
                       .shape = "(2,2)",
                       .inputs = std::move(inputs),
                       .needs_grad = kind != Kind::data,
                       .forward_us = us,
                       .backward_us = kind == Kind::op ? us + 2 : 0,
                       .bytes = bytes,
                       .kind = kind};
  };
  inspection.nodes = {node("x", {}, 0.5, 160, Kind::data),
                      node("w_ih", {}, 0.25, 16, Kind::parameter),
                      node("mul", {0, 1}, 3, 8, Kind::op), node("mul", {2, 1}, 4, 8, Kind::op)};
  return inspection;
}

}  // namespace

TEST_CASE("the page's data hold masks, values, dead connections and names of inputs") {
  const auto data = page_data(small_inspection());
  CHECK(data["matrices"][0]["inputs"] == nlohmann::ordered_json{"load", "wind"});
  CHECK(data["matrices"][1]["inputs"] == nlohmann::ordered_json::array());
  const auto& start = data["snapshots"][0];
  const auto& after = data["snapshots"][1];
  CHECK(start["moment"] == "start");
  CHECK_FALSE(start.contains("threshold"));
  CHECK(after["moment"] == "update");
  CHECK(after["target"] == 0.625);
  CHECK(after["achieved"] == 0.5);
  CHECK(after["threshold"] == 0.125);
  // 7f 00 81 40 and 7f 80 80 80
  CHECK(start["matrices"][0]["cells"] == "fwCBQA==");
  CHECK(after["matrices"][0]["cells"] == "f4CAgA==");
  CHECK(after["matrices"][0]["dead_inputs"] == std::vector<int>{1});
  CHECK(after["matrices"][0]["dead_units"] == std::vector<int>{1});
  CHECK(after["matrices"][1]["dead_units"] == std::vector<int>{});
  CHECK(after["matrices"][1]["survivors"] == 3);
  CHECK(data["updates"][0]["at"] == 0.375);
  CHECK(data["updates_made"] == 1);
}

TEST_CASE("counts of all matrices are told as such, and stand for no achieved sparsity") {
  Inspection inspection = small_inspection();
  CHECK(test::contains(page_html(inspection, {}), "4 of 8 prunable weights are pruned"));
  Snapshot scored = inspection.snapshots.back();
  scored.moment = Snapshot::Moment::scored;
  scored.update.prunable = 12;
  scored.of_all_matrices = true;
  inspection.snapshots.push_back(scored);
  CHECK(test::contains(page_html(inspection, {}), "4 of 12 weights in all matrices are pruned"));
  const auto data = page_data(inspection);
  CHECK(data["snapshots"][1]["achieved"] == 0.5);
  CHECK_FALSE(data["snapshots"][2].contains("achieved"));
  CHECK(data["snapshots"][2]["prunable"] == 12);
}

TEST_CASE("without Chart.js the page has tables and heat maps, and names the package") {
  const Inspection inspection = small_inspection();
  const std::string without = page_html(inspection, {});
  CHECK(test::count(without, "<canvas") == 2);
  CHECK(test::contains(without, "<code>libjs-chart.js</code>"));
  CHECK(test::contains(without, "<details open>"));
  CHECK(test::contains(without, "<th scope=\"row\">1, 4</th><td>62.50 %</td><td>50.00 %</td>"));
  CHECK(test::contains(without, "<th scope=\"row\">1 (scored)</th><td>0.5000</td><td>0.2500</td>"));
  CHECK(test::count(without, "</script") == 2);
  const PageParts parts{.chart_library = "const library = 1;",
                        .drawing = {.svg = "<?xml?>\n<svg><g></g></svg>"}};
  const std::string with = page_html(inspection, parts);
  CHECK(test::count(with, "<canvas") == 2 + 4);
  CHECK(test::count(with, "</script") == 4);
  CHECK(test::contains(with, "const library = 1;"));
  CHECK(test::contains(with, "<svg><g></g></svg>"));
  CHECK_FALSE(test::contains(with, "<?xml"));
  CHECK_FALSE(test::contains(with, "libjs-chart.js"));
  CHECK_FALSE(test::contains(with, "<details open>"));
  CHECK_FALSE(test::contains(with, "Here the graph would be drawn"));
  const std::string undrawn = page_html(inspection, {.drawing = {.problem = "dot is <away>"}});
  CHECK(test::contains(undrawn, "Here the graph would be drawn, but dot is &lt;away&gt;."));
}

TEST_CASE("the page needs nothing from elsewhere, and carries its own files") {
  const std::string html = page_html(small_inspection(), {.chart_library = "1;"});
  for (const char* reference : {" src=", " href=", "url(", "@import", "http:", "https:"}) {
    CAPTURE(reference);
    CHECK_FALSE(test::contains(html, reference));
  }
  for (const char* name : {"inspect.css", "inspect.js", "inspect_charts.js"}) {
    CAPTURE(name);
    std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/apps/inspect/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(text.str().size() > 100);
    CHECK(test::contains(html, text.str()));
  }
}

TEST_CASE("whatever the names are, they stay text in the page") {
  Inspection inspection = small_inspection();
  inspection.run.directory = inspection.run.config.name = inspection.run.config.data.path =
      test::hostile_text;
  inspection.run.resolved = inspection.differences.emplace_back(test::hostile_text);
  inspection.matrices[0].name = inspection.parameters[0].name = test::hostile_text;
  inspection.nodes[2].op = inspection.features[0] = test::hostile_text;
  const std::string html = page_html(inspection, {});
  CHECK_FALSE(test::contains(html, "<b>"));
  CHECK(test::count(html, "</script") == 2);
  CHECK(test::contains(html, "NOT come out the same: " + escape_html(test::hostile_text)));
  CHECK(test::contains(html, "class=\"warning\""));
}

TEST_CASE("the nodes of a step are summed up by op, leaves by what they are") {
  const std::vector<OpSummary> ops = summarise_ops(small_inspection().nodes);
  REQUIRE(ops.size() == 3);
  CHECK(ops[0].op == "data");
  CHECK(ops[0].bytes == 160);
  CHECK(ops[1].op == "parameter");
  CHECK(ops[2].op == "mul");
  CHECK(ops[2].count == 2);
  CHECK(ops[2].forward_us == 7);
  CHECK(ops[2].backward_us == 11);
  CHECK(ops[2].bytes == 16);
}

}  // namespace espalier
