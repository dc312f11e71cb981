#include <algorithm>
#include <regex>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/report/charts.h"
#include "apps/report/critical_difference_diagram.h"
#include "tests/apps/report_fixture.h"

namespace espalier::test {

namespace {

using Json = nlohmann::ordered_json;

/// The charts as the page holds them.
Json charts_in(const std::string& html) {
  const std::string start = "<script type=\"application/json\" id=\"chart-data\">";
  const std::size_t from = html.find(start);
  REQUIRE(from != std::string::npos);
  const std::size_t begin = from + start.size();
  return Json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

const Json& dataset(const Json& chart, const std::string& label) {
  const Json& datasets = chart.at("data").at("datasets");
  const auto found =
      std::ranges::find_if(datasets, [&](const Json& one) { return one.at("label") == label; });
  REQUIRE(found != datasets.end());
  return *found;
}

/// What the first group of `pattern` takes, as numbers.
std::vector<double> numbers_in(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<double> numbers;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    numbers.push_back(std::stod((*at)[1]));
  }
  return numbers;
}

}  // namespace

TEST_CASE("errors over windows have a line and a band per arm, and a line per baseline") {
  const FakeComparison fake = incomplete_comparison();
  const Json choices = charts_in(report_of(fake)).at("windows");
  REQUIRE(choices.size() == 4);
  CHECK(choices[1].at("label") == "seattle, gru");
  const Json& chart = choices[1].at("charts").at("error");
  CHECK(chart.at("type") == "line");
  CHECK(chart.at("data").at("labels") == Json{"7", "14", "28"});
  CHECK(chart.at("data").at("datasets").size() == 4 + 3 + 2 * 4);
  const std::size_t arms = 4;
  for (std::size_t window = 0; window < 3; ++window) {
    const Summary& mae = *fake.analysis.cells[(3 + window) * arms + 2].mae;
    const double shown = dataset(chart, "gradual pruning").at("data")[window];
    CHECK(shown == doctest::Approx(mae.mean).epsilon(1e-4));
    // The third arm's edges, behind the lines of four arms and three baselines.
    const Json& lower = chart.at("data").at("datasets")[7 + 2 * 2];
    const Json& upper = chart.at("data").at("datasets")[7 + 2 * 2 + 1];
    CHECK(lower.at("group") == "gradual pruning");
    CHECK(lower.at("data")[window].get<double>() ==
          doctest::Approx(mae.interval->lower).epsilon(1e-4));
    CHECK(upper.at("data")[window].get<double>() ==
          doctest::Approx(mae.interval->upper).epsilon(1e-4));
    CHECK(upper.at("fill") == "-1");
    CHECK_FALSE(lower.contains("fill"));
  }
  CHECK(dataset(chart, "linear").contains("borderDash"));
  // Far above the arms, unlike the others.
  CHECK(dataset(chart, "seasonal_naive").contains("hidden"));
  CHECK_FALSE(dataset(chart, "persistence").contains("hidden"));
  CHECK_FALSE(dataset(chart, "linear").contains("hidden"));
}

TEST_CASE("windows are in order, and a block that never finished leaves a gap") {
  FakeComparison fake = fake_comparison({.windows = {28, 7}});
  for (std::int64_t t = 0; t < fake.comparison.trials; ++t) {
    fake.results.trials[trial_index(fake.comparison, {0, 1, t})] = std::nullopt;
  }
  fake.analysis = analyse(fake.comparison, fake.results);
  const Json choices = window_charts(fake.comparison, fake.results, fake.analysis);
  const Json& chart = choices[0].at("charts").at("error");
  CHECK(chart.at("data").at("labels") == Json{"7", "28"});
  CHECK(dataset(chart, "dropout 0.3").at("data")[0].is_number());
  CHECK(dataset(chart, "dropout 0.3").at("data")[1].is_null());
}

TEST_CASE("a single window is shown as points with intervals") {
  const FakeComparison fake = fake_comparison({.windows = {14}});
  const Json chart =
      window_charts(fake.comparison, fake.results, fake.analysis)[0].at("charts").at("error");
  CHECK(chart.at("data").at("labels").size() == 4 + 2);
  const Json& points = dataset(chart, "dropout 0.3").at("data");
  CHECK(points[0].is_null());
  CHECK(points[1].get<double>() == doctest::Approx(fake.analysis.cells[1].mae->mean).epsilon(1e-4));
  const Json& bar = chart.at("data").at("datasets")[6 + 1];
  CHECK(bar.at("type") == "bar");
  CHECK(bar.at("data")[1][0].get<double>() ==
        doctest::Approx(fake.analysis.cells[1].mae->interval->lower).epsilon(1e-4));
}

TEST_CASE("a block's charts are means over the trials that were still trained") {
  const FakeComparison fake = fake_comparison({.trials = 2, .epochs = 4});
  const Json choices = charts_in(report_of(fake)).at("blocks");
  REQUIRE(choices.size() == fake.comparison.blocks.size());
  CHECK(choices[5].at("label") == "seattle-gru-28");
  const Json& charts = choices[5].at("charts");
  const auto epochs_of = [&](std::int64_t trial) {
    return fake.results.trials[trial_index(fake.comparison, {5, 2, trial})]->epochs;
  };
  // Two epochs, then one.
  REQUIRE(epochs_of(0).size() == 2);
  REQUIRE(epochs_of(1).size() == 1);
  const Json& loss = dataset(charts.at("loss"), "gradual pruning").at("data");
  REQUIRE(loss.size() == 2);
  CHECK(loss[0].get<double>() ==
        doctest::Approx((epochs_of(0)[0].validation_loss + epochs_of(1)[0].validation_loss) / 2)
            .epsilon(1e-4));
  CHECK(loss[1].get<double>() == doctest::Approx(epochs_of(0)[1].validation_loss).epsilon(1e-4));
  const Json& training = dataset(charts.at("loss"), "gradual pruning, training");
  CHECK(training.at("data")[1].get<double>() ==
        doctest::Approx(epochs_of(0)[1].train_loss).epsilon(1e-4));
  CHECK(training.contains("borderDash"));
  CHECK(dataset(charts.at("sparsity"), "gradual pruning").at("data")[1].get<double>() ==
        doctest::Approx(100 * epochs_of(0)[1].sparsity).epsilon(1e-4));
  CHECK(dataset(charts.at("seconds"), "gradual pruning").at("data")[1].get<double>() ==
        doctest::Approx(epochs_of(0)[1].seconds).epsilon(1e-4));
  CHECK(charts.at("sparsity").at("data").at("labels") == Json{1, 2, 3, 4});

  const Json& forecast = charts.at("forecast");
  CHECK(dataset(forecast, "truth").at("data").size() == shown_windows);
  CHECK(forecast.at("data").at("labels") == Json(fake.results.references[5].shown_times));
  CHECK(dataset(forecast, "gradual pruning").at("data")[7].get<double>() ==
        doctest::Approx(
            fake.results.trials[trial_index(fake.comparison, {5, 2, 0})]->shown_forecasts[7])
            .epsilon(1e-4));
}

TEST_CASE("a critical-difference diagram places arms by their ranks") {
  for (const std::size_t arms : std::vector<std::size_t>{2, 3, 4, 7, 12}) {
    CAPTURE(arms);
    RankedArms ranked;
    for (std::size_t arm = 0; arm < arms; ++arm) {
      ranked.names.push_back(fmt::format("arm {}", arm));
      // Worst first, and not evenly.
      ranked.ranks.push_back(static_cast<double>(arms - arm) - (arm == 0 ? 0.25 : 0));
    }
    ranked.critical_difference = 0.8;
    ranked.cliques = {{1, 0}};
    const std::string svg = critical_difference_svg(ranked);
    CAPTURE(svg);
    const std::vector<double> ticks = numbers_in(svg, "class=\"tick\" x=\"([0-9.]+)\"");
    REQUIRE(ticks.size() == arms);
    const double unit = ticks[1] - ticks[0];
    CHECK(unit > 0);
    std::vector<double> places = numbers_in(svg, "<circle cx=\"([0-9.]+)\"");
    REQUIRE(places.size() == arms);
    std::ranges::sort(places);
    std::vector<double> ranks = ranked.ranks;
    std::ranges::sort(ranks);
    for (std::size_t i = 0; i < arms; ++i) {
      CHECK(places[i] == doctest::Approx(ticks[0] + unit * (ranks[i] - 1)).epsilon(1e-4));
    }
    const std::vector<double> starts =
        numbers_in(svg, "line class=\"difference\" x1=\"([0-9.]+)\"");
    const std::vector<double> ends =
        numbers_in(svg, "line class=\"difference\" x1=\"[0-9.]+\" y1=\"[0-9.]+\" x2=\"([0-9.]+)\"");
    CHECK(ends[0] - starts[0] == doctest::Approx(0.8 * unit).epsilon(1e-3));
    CHECK(svg.find("CD = 0.80<") != std::string::npos);
    // Nothing is drawn outside.
    const double width = numbers_in(svg, "viewBox=\"0 0 ([0-9.]+)")[0];
    for (const double x : numbers_in(svg, " x[12]?=\"([-0-9.]+)\"")) {
      CHECK(x >= 0);
      CHECK(x <= width);
    }
  }
}

TEST_CASE("a critical difference longer than the axis ends with it") {
  const std::string svg = critical_difference_svg(
      {.names = {"a", "b"}, .ranks = {1, 2}, .critical_difference = 1.96, .cliques = {{0, 1}}});
  const std::vector<double> ticks = numbers_in(svg, "class=\"tick\" x=\"([0-9.]+)\"");
  CHECK(numbers_in(svg, "line class=\"difference\"[^>]*x2=\"([0-9.]+)\"")[0] == ticks.back());
  CHECK(svg.find("CD = 1.96, longer than the axis") != std::string::npos);
}

}  // namespace espalier::test
