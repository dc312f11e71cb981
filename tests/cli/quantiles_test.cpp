// A whole run that forecasts quantiles: its files, what other commands make of it.
#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/csv_rows.h"
#include "tests/cli/workplace.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

using Row = std::map<std::string, std::string>;

double number(const Row& row, const std::string& column) {
  return std::stod(row.at(column));
}

struct QuantilePlace : Workplace {
  explicit QuantilePlace(std::vector<std::string> more = {}) {
    write_text(*this / "data.csv", small_csv(400));
    more.insert(more.end(), {"-o", "train.loss=quantile"});
    const Outcome outcome = train(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    table = outcome.out;
  }
  json metrics() const { return json::parse(read_text(*this / "run/metrics.json")); }
  std::vector<Row> forecasts() const { return rows_of(read_text(*this / "run/forecasts.csv")); }

  std::string table;
};

/// What `columns` hold, from the lowest level to the highest, never descends.
void check_uncrossed(const std::vector<Row>& rows, const std::vector<std::string>& columns) {
  int apart = 0;
  for (const Row& row : rows) {
    for (std::size_t k = 1; k < columns.size(); ++k) {
      CHECK(number(row, columns[k - 1]) <= number(row, columns[k]));
      apart += number(row, columns[k - 1]) < number(row, columns[k]);
    }
  }
  CHECK(apart > std::ssize(rows));
}

double pinball(const std::vector<Row>& rows, const std::string& column, double level) {
  double sum = 0;
  for (const Row& row : rows) {
    const double error = number(row, "y") - number(row, column);
    sum += std::max(level * error, (level - 1) * error);
  }
  return sum / static_cast<double>(rows.size());
}

}  // namespace

TEST_CASE("a run's quantiles: in order, scored, and its intervals hold about what they should") {
  const QuantilePlace place({"-o", "train.quantiles=[0.025, 0.1, 0.5, 0.9, 0.975]", "-o",
                             "train.epochs=40", "-o", "train.patience=40", "-o",
                             "regularizers=[]"});
  const std::string csv = read_text(place / "run/forecasts.csv");
  CHECK(csv.starts_with("ds,cutoff,step,target,y,y_hat,lo-80,hi-80,lo-95,hi-95,persistence,"));
  const std::vector<Row> rows = rows_of(csv);
  REQUIRE(rows.size() >= 70);
  check_uncrossed(rows, {"lo-95", "lo-80", "y_hat", "hi-80", "hi-95"});

  const json metrics = place.metrics();
  const json& quantiles = metrics["quantiles"];
  CHECK_FALSE(metrics.contains("interval"));
  REQUIRE(quantiles["intervals"].size() == 2);
  for (const json& interval : quantiles["intervals"]) {
    const std::string level = fmt::format("{:g}", 100 * interval["level"].get<double>());
    CAPTURE(level);
    double inside = 0, width = 0;
    for (const Row& row : rows) {
      const double low = number(row, "lo-" + level), high = number(row, "hi-" + level);
      inside += low <= number(row, "y") && number(row, "y") <= high;
      width += high - low;
    }
    const double count = static_cast<double>(rows.size());
    CHECK(interval["coverage"].get<double>() == doctest::Approx(inside / count));
    CHECK(interval["mean_width"].get<double>() == doctest::Approx(width / count));
    // The noise is the same from the first row to the last.
    CHECK(inside / count > interval["level"].get<double>() - 0.25);
    CHECK(place.table.find(fmt::format("{:.1f} % ", 100 * inside / count)) != std::string::npos);
    CHECK(place.table.find(fmt::format("in the {} % interval", level)) != std::string::npos);
  }
  CHECK(quantiles["intervals"][0]["coverage"] < 1);
  // Levels apart, pinball losses against CSV; the median's is half the mean absolute error.
  CHECK(quantiles["pinball_loss"]["0.1"].get<double>() ==
        doctest::Approx(pinball(rows, "lo-80", 0.1)));
  CHECK(quantiles["pinball_loss"]["0.975"].get<double>() ==
        doctest::Approx(pinball(rows, "hi-95", 0.975)));
  CHECK(2 * quantiles["pinball_loss"]["0.5"].get<double>() ==
        doctest::Approx(metrics["test"]["mae"].get<double>()));
  CHECK(metrics["formulas"].contains("pinball_loss"));
}

TEST_CASE("predict prints the quantiles of forecasts.csv, in CSV and JSON") {
  const QuantilePlace place({"-o", "data.horizon=3", "-o", "data.target=[\"wind\", \"load\"]", "-o",
                             "train.quantiles=[0.05, 0.5, 0.6, 0.95]"});
  const std::vector<std::string> columns{"lo-90", "y_hat", "q-0.6", "hi-90"};
  const Outcome rolling = place.espalier({"predict", "run", "--input", "data.csv", "--rolling"});
  REQUIRE(rolling.exit_code == 0);
  CHECK(rolling.out.starts_with("ds,cutoff,step,target,y_hat,lo-90,hi-90,q-0.6\n"));
  std::map<std::string, Row> predicted;
  const auto key = [](const Row& row) {
    return row.at("ds") + row.at("cutoff") + row.at("step") + row.at("target");
  };
  for (const Row& row : rows_of(rolling.out)) predicted[key(row)] = row;
  const std::vector<Row> own = place.forecasts();
  REQUIRE(own.size() > 200);
  check_uncrossed(own, columns);
  for (const Row& row : own) {
    REQUIRE(predicted.contains(key(row)));
    for (const std::string& column : columns) {
      CHECK(number(predicted[key(row)], column) ==
            doctest::Approx(number(row, column)).epsilon(1e-5));
    }
  }
  const auto last = json::parse(
      place.espalier({"predict", "run", "--input", "data.csv", "--json"}).out)["forecasts"];
  REQUIRE(last.size() == 6);
  for (const char* name : {"y_hat", "lo-90", "hi-90", "q-0.6"}) CHECK(last[0][name].is_number());
  const json metrics = place.metrics();
  CHECK(metrics["quantiles"]["pinball_loss"]["0.6"]["wind"].is_number());
  CHECK(metrics["quantiles"]["scaled_pinball_loss"]["0.6"].is_number());
  CHECK(metrics["quantiles"]["intervals"][0]["mean_width"]["load"].is_number());
}

TEST_CASE("quantiles come out of a stream as out of a file, and are scored by evaluate") {
  const QuantilePlace place(
      {"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 9}])", "-o", "data.horizon=2"});
  const Outcome rolling =
      place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--quiet"});
  const Outcome streamed =
      place.espalier({"predict", "run", "--stream"}, {.input = small_csv(400)});
  CHECK(streamed.exit_code == 0);
  // Its months of 28 days are irregular: a stream can't know when the next row comes.
  const auto numbers = [](const std::string& csv) {
    std::vector<Row> rows = rows_of(csv);
    for (Row& row : rows) row.erase("ds");
    return rows;
  };
  CHECK(numbers(streamed.out) == numbers(rolling.out));
  const Outcome evaluated = place.espalier({"evaluate", "run", "--input", "data.csv", "--json"});
  INFO(evaluated.err);
  REQUIRE(evaluated.exit_code == 0);
  const json told = json::parse(evaluated.out);
  REQUIRE(told.at("intervals").size() == 1);
  const json& interval = told.at("intervals")[0];
  CHECK(interval.at("method") == "quantiles");
  CHECK(interval.at("level") == 0.8);
  // The truths stand in the file; forecasts behind its last row have none.
  std::map<std::string, double> loads;
  for (const Row& row : rows_of(small_csv(400))) loads[row.at("date")] = number(row, "load");
  double inside = 0, width = 0, count = 0;
  for (const Row& row : rows_of(rolling.out)) {
    if (row.at("cutoff") >= small_date(398)) continue;
    const double load = loads.at(row.at("ds"));
    inside += number(row, "lo-80") <= load && load <= number(row, "hi-80");
    width += number(row, "hi-80") - number(row, "lo-80");
    ++count;
  }
  CHECK(interval.at("coverage").get<double>() == doctest::Approx(inside / count).epsilon(1e-12));
  CHECK(interval.at("targets").at("load").at("mean_width").get<double>() ==
        doctest::Approx(width / count).epsilon(1e-10));
  CHECK(fault_of(place.espalier({"evaluate", "run", "--input", "data.csv", "--level", "80"}),
                 usage_wrong, {"--level", "quantiles of its own"}) == "");
}

TEST_CASE("random forecasts: quantiles are means over the passes, and the only intervals") {
  const QuantilePlace place({"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 9}])"});
  const std::vector<Row> rows = place.forecasts();
  CHECK_FALSE(rows.front().contains("std"));
  CHECK_FALSE(rows.front().contains("lo-90"));
  check_uncrossed(rows, {"lo-80", "y_hat", "hi-80"});
  const Outcome predicted = place.espalier({"predict", "run", "--input", "data.csv"});
  CHECK(predicted.out.starts_with("ds,cutoff,step,target,y_hat,lo-80,hi-80\n"));
}

TEST_CASE("check writes the levels out, graph and inspect know the loss, explain says it doesn't") {
  const QuantilePlace place;
  const Outcome checked = place.espalier({"check", "config.json", "-o", "train.loss=quantile"});
  CHECK(json::parse(checked.out)["train"]["quantiles"] == json::array({0.1, 0.5, 0.9}));
  const Outcome drawn = place.espalier({"graph", "config.json", "-o", "train.loss=quantile"});
  CHECK(drawn.out.find("<b>pinball_loss</b>") != std::string::npos);
  const Outcome inspected = place.espalier({"inspect", "run"});
  CAPTURE(inspected.err);
  CHECK(inspected.exit_code == 0);
  CHECK(fault_of(place.espalier({"explain", "run"}), usage_wrong,
                 {"run", "quantiles", "train.loss", "\"mae\""}) == "");
  // An exported model knows its levels.
  CHECK(place.espalier({"export", "run", "--output", "model.safetensors"}).exit_code == 0);
  CHECK(read_text(place / "model.safetensors").find("quantiles") != std::string::npos);
  std::string description = read_text(place / "run/model/config.json");
  CHECK(json::parse(description)["quantiles"] == json::array({0.1, 0.5, 0.9}));
  description.replace(description.find("0.9", description.find("quantiles")), 3, "0.3");
  write_text(place / "run/model/config.json", description);
  CHECK(fault_of(place.espalier({"predict", "run", "--input", "data.csv"}), run_failed,
                 {"model/config.json is damaged", "quantiles", "ascending"}) == "");
}
