#include <algorithm>
#include <cmath>
#include <fstream>
#include <regex>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/report/html.h"
#include "apps/report/numbers.h"
#include "tests/apps/report_fixture.h"
#include "tests/support/text.h"

namespace espalier::test {

namespace {

/// What stands between two texts, the first time.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from);
  if (start == std::string::npos) return "";
  return text.substr(start + from.size(), text.find(to, start) - start - from.size());
}

/// The inner HTML of the <td> of each row of the first table behind `from`.
std::vector<std::vector<std::string>> cells_behind(const std::string& html,
                                                   const std::string& from) {
  static const std::regex cell("<td[^>]*>(.*?)</td>");
  std::istringstream body(between(html.substr(html.find(from)), "<tbody>\n", "</tbody>"));
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(body, line);) {
    rows.emplace_back();
    for (std::sregex_iterator at(line.begin(), line.end(), cell), end; at != end; ++at) {
      rows.back().push_back((*at)[1]);
    }
  }
  return rows;
}

/// MAE of the trials of a cell that finished.
std::vector<double> finished_mae(const FakeComparison& fake, std::size_t block, std::size_t arm) {
  std::vector<double> values;
  for (std::int64_t t = 0; t < fake.comparison.trials; ++t) {
    const auto& trial = fake.results.trials[trial_index(fake.comparison, {block, arm, t})];
    if (trial && trial->failure.empty()) values.push_back(trial->metrics[0].value);
  }
  return values;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// t √(Σ (x − mean)² / (n (n − 1))) with the 97.5 % quantiles of a printed table.
double half_width(const std::vector<double>& values) {
  const double t = values.size() == 5 ? 2.776445 : 3.182446;
  const double n = static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += std::pow(value - mean_of(values), 2);
  return t * std::sqrt(squares / (n * (n - 1)));
}

}  // namespace

TEST_CASE("a report says what was asked, answered and run, then how it looks in detail") {
  const std::string html = report_of(incomplete_comparison());
  std::size_t last = 0;
  for (const char* part :
       {"<html lang=\"en\">", "<h1>pruning-or-dropout</h1>",
        "Does pruning while training forecast better than dropout?",
        "Gradual pruning ranks best. It beats persistence everywhere.",
        "4 arms × 12 blocks × 5 trials, protocol honest, 240 trials: 238 finished, 1 failed, 1 not "
        "run.",
        "[trainer] epoch 3: the loss is not finite", "id=\"scores\"", "id=\"ranks\"",
        "<svg class=\"ranks\"", "id=\"pairs\"", "id=\"windows\"", "id=\"block\"", "id=\"making\"",
        "data/seattle-weather.csv, SHA-256 0f1e2d3c", "&quot;name&quot;: &quot;pruning-or-"}) {
    CAPTURE(part);
    const std::size_t at = html.find(part, last);
    REQUIRE(at != std::string::npos);
    last = at;
  }
  CHECK(contains(html, "seattle-lstm-7/dropout 0.3/2"));
  CHECK(contains(html, "2 blocks are left out of ranks and tests"));
  CHECK(contains(html, ": seattle-lstm-7, seattle-lstm-14."));
  CHECK(contains(html,
                 "The p values treat the 10 complete blocks as independent; they come from 2 "
                 "data sets"));
  // 2^(1 − 10), and three times that.
  CHECK(contains(html, "no p of this test can be below 0.001953, nor below 0.005859 after"));
}

TEST_CASE("the table of errors holds means and intervals of the trials that finished") {
  const FakeComparison fake = incomplete_comparison();
  const auto rows = cells_behind(report_of(fake), "id=\"scores\"");
  REQUIRE(rows.size() == fake.comparison.blocks.size());
  for (std::size_t b = 0; b < rows.size(); ++b) {
    CAPTURE(fake.comparison.blocks[b].name);
    REQUIRE(rows[b].size() == 7);
    double smallest = 1e9;
    for (std::size_t arm = 0; arm < 4; ++arm) {
      smallest = std::min(smallest, mean_of(finished_mae(fake, b, arm)));
    }
    const auto& baselines = fake.results.references[b].baselines;
    for (std::size_t arm = 0; arm < 4; ++arm) {
      CAPTURE(rows[b][arm]);
      const std::vector<double> values = finished_mae(fake, b, arm);
      const double mean = mean_of(values);
      CHECK(contains(rows[b][arm], fmt::format("{:.3f} ± {:.3f}", mean, half_width(values))));
      CHECK(contains(rows[b][arm], "<strong>") == (mean == smallest));
      // Persistence is the better naive forecast on all of them; the linear one isn't naive.
      CHECK(contains(rows[b][arm], "✓") == (mean < baselines[0].metrics[0].value));
      CHECK(contains(rows[b][arm], "✗") == (mean >= baselines[0].metrics[0].value));
      CHECK(contains(rows[b][arm], ">4/5<") == (values.size() == 4));
    }
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(rows[b][4 + i] == fmt::format("{:.3f}", baselines[i].metrics[0].value));
    }
  }
}

TEST_CASE("several targets are shown in standard deviations") {
  FakeComparison fake = fake_comparison();
  for (BlockReference& reference : fake.results.references) reference.several_targets = true;
  fake.analysis = analyse(fake.comparison, fake.results);
  const std::string html = report_of(fake);
  CHECK(contains(html, "several targets, in standard deviations"));
  CHECK_FALSE(contains(report_of(fake_comparison()), "in standard deviations"));
  const auto rows = cells_behind(html, "id=\"scores\"");
  // A fake's scaled MAE is a quarter of its MAE.
  CHECK(contains(rows[0][0], fmt::format("{:.4f} ±", mean_of(finished_mae(fake, 0, 0)) / 4)));
}

TEST_CASE("whatever labels hold, they stay text") {
  FakeComparison fake = fake_comparison({.datasets = {hostile_text},
                                         .models = {hostile_text, "gru"},
                                         .windows = {7, 14},
                                         .arms = {hostile_text, "b", "c"},
                                         .trials = 2,
                                         .epochs = 3});
  fake.comparison.name = fake.comparison.question = hostile_text;
  fake.comparison.other_axes = {hostile_text};
  for (Block& block : fake.comparison.blocks) block.others = {hostile_text};
  for (BlockReference& reference : fake.results.references) {
    reference.target = reference.baselines[1].name = reference.shown_times[3] = hostile_text;
  }
  fake.results.trials[0]->failure = hostile_text;
  fake.analysis = analyse(fake.comparison, fake.results);
  const ReportContext context{.provenance = {{hostile_text, hostile_text}},
                              .config = hostile_text,
                              .chart_library = "const text = '</script><!--';",
                              .answer = hostile_text};
  const std::string html = report_of(fake, context);
  CHECK_FALSE(contains(html, "<b>"));
  // Those of the data, the library and the page's own script.
  CHECK(count(html, "</script") == 3);
  CHECK_FALSE(contains(html, "<!--"));
  CHECK(count(html, escape_html(hostile_text)) > 20);
  CHECK(escape_html(hostile_text) == "&lt;b&gt;&amp;&quot;x&quot;&lt;/b&gt;&lt;/script&gt;");
  CHECK(escape_html("it's") == "it&#39;s");
  CHECK(escape_html("a\xFF<\xC3") == "a\uFFFD&lt;\uFFFD");
  CHECK(script_code("a('</script>')") == "a('<\\/script>')");
  CHECK(nlohmann::json::parse(script_json({{"a", hostile_text}})).at("a") == hostile_text);
  // Bytes that aren't UTF-8 don't stop a report.
  CHECK(script_json({{"a", "\xff"}}) == "{\"a\":\"\xEF\xBF\xBD\"}");
}

TEST_CASE("without Chart.js the tables stand, and the package is named") {
  ReportContext context = fake_context();
  const std::string with = report_of(fake_comparison(), context);
  CHECK(count(with, "<canvas") == 5);
  CHECK(count(with, "<script") == 3);
  context.chart_library = std::nullopt;
  const std::string without = report_of(fake_comparison(), context);
  CHECK_FALSE(contains(without, "<canvas"));
  CHECK_FALSE(contains(without, "<script"));
  CHECK(contains(without, "<code>libjs-chart.js</code>"));
  CHECK_FALSE(contains(with, "libjs-chart.js"));
  CHECK(contains(without, "<svg class=\"ranks\""));
  CHECK(cells_behind(without, "id=\"scores\"") == cells_behind(with, "id=\"scores\""));
}

TEST_CASE("the page carries Chart.js as it is installed") {
  ReportContext context = fake_context();
  context.chart_library = installed_chart_library();
  if (!context.chart_library) {
    MESSAGE("skipped: libjs-chart.js is not installed");
    return;
  }
  CHECK(contains(*context.chart_library, "Chart.js v3"));
  const std::string html = report_of(fake_comparison(), context);
  CHECK(contains(html, *context.chart_library));
  CHECK(count(html, "</script") == 3);
}

TEST_CASE("a report needs nothing from elsewhere") {
  const std::string html = report_of(fake_comparison());
  for (const char* reference : {" src=", " href=", "url(", "@import", "http:", "https:"}) {
    CAPTURE(reference);
    CHECK_FALSE(contains(html, reference));
  }
  for (const char* name : {"report.css", "report.js"}) {
    CAPTURE(name);
    std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/apps/report/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(text.str().size() > 100);
    CHECK(contains(html, text.str()));
  }
}

TEST_CASE("comparisons too small to test have a report") {
  const ReportSize one{.datasets = {"seattle"},
                       .models = {"lstm"},
                       .windows = {14},
                       .arms = {"none"},
                       .trials = 1,
                       .epochs = 1};
  const std::string html = report_of(fake_comparison(one));
  CHECK(contains(html, "1 arm × 1 block × 1 trial, protocol honest, 1 trial: 1 finished."));
  CHECK(contains(html, "Nothing was tested: there is a single arm"));
  CHECK_FALSE(contains(html, "id=\"pairs\""));
  CHECK_FALSE(contains(html, "<select"));
  CHECK_FALSE(contains(html, "±"));

  ReportSize few = one;
  few.arms = {"none", "dropout", "pruning"};
  CHECK(contains(report_of(fake_comparison(few)), "Friedman&#39;s test takes two blocks or more"));

  FakeComparison nothing = fake_comparison(few);
  for (auto& trial : nothing.results.trials) trial = std::nullopt;
  nothing.analysis = analyse(nothing.comparison, nothing.results);
  const std::string empty = report_of(nothing);
  CHECK(contains(empty, "3 trials: 0 finished, 3 not run."));
  CHECK(contains(empty, "on no block did every trial of every arm finish"));
  CHECK(contains(cells_behind(empty, "id=\"scores\"").at(0).at(0), ">0/1</span> –"));
}

TEST_CASE("numbers are written with four digits, p values with three decimals") {
  CHECK(significant(2.16184) == "2.162");
  CHECK(significant(0.0340004) == "0.03400");
  CHECK(significant(12345.6) == "12346");
  CHECK(significant(-0.5) == "−0.5000");
  CHECK(significant(0) == "0");
  CHECK(significant(1.2344e-9) == "1.234e-09");
  CHECK(significant(INFINITY) == "∞");
  CHECK(with_half_width(2.16184, 0.0341) == "2.162 ± 0.034");
  CHECK(signed_percent(-5.214) == "−5.21 %");
  CHECK(signed_percent(0.4) == "+0.40 %");
  CHECK(signed_percent(NAN) == "n/a");
  CHECK(p_value_html(0.03125) == "<span title=\"0.03125\">0.031</span>");
  CHECK(p_value_html(0.0009) == "<span title=\"0.0009\">&lt; 0.001</span>");
}

}  // namespace espalier::test
