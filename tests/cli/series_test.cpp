// One model of several series, from a long file to forecasts.
#include <cmath>
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
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

struct Long {
  std::vector<std::string> ids{"north", "south"};
  int rows = 90;
  /// Rows behind them with a promotion, but without a load.
  int future = 0;
};

double load_of(const std::string& id, int row) {
  const double wave = std::sin(row / 3.0) + (row % 6 == 0 ? 0.5 : 0.0);
  return id == "south" ? 1000 + 200 * wave : 10 + 2 * wave + (id == "east" ? 3 : 0);
}

std::string long_csv(const Long& make) {
  std::string text = "unique_id,ds,load,promo\n";
  for (int row = 0; row < make.rows + make.future; ++row) {
    for (const std::string& id : make.ids) {
      const std::string load = row < make.rows ? fmt::format("{:.3f}", load_of(id, row)) : "";
      text += fmt::format("{},2024-01-01 {:02}:{:02},{},{}\n", id, row / 60, row % 60, load,
                          row % 6 == 0 ? 1 : 0);
    }
  }
  return text;
}

const std::string config = R"({
  "name": "series",
  "data": {
    "path": "data.csv", "time": "ds", "series": "unique_id", "target": "load",
    "known_future": "promo", "calendar": "hour_of_day", "window": 6, "horizon": 2
  },
  "model": { "type": "lstm", "hidden": 4 },
  "optimizer": { "type": "adam", "lr": 0.01 },
  "train": { "epochs": 3, "batch": 16 }
})";

using Rows = std::vector<std::map<std::string, std::string>>;

struct SeriesPlace : Workplace {
  explicit SeriesPlace(const std::vector<std::string>& more = {}) {
    write_text(*this / "config.json", config);
    write_text(*this / "data.csv", long_csv({}));
    const Outcome outcome = train(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  Outcome on(const std::string& command, const std::string& input,
             const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{command, "run", "--input", input};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments);
  }
};

TEST_CASE("series: a run scores each of them, and predicts what it scored") {
  const SeriesPlace place;
  write_text(place / "future.csv", long_csv({.future = 2}));
  const Rows scored = rows_of(read_text(place / "run/forecasts.csv"));
  const Outcome outcome = place.on("predict", "future.csv", {"--rolling"});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  std::map<std::string, std::string> predicted;
  for (const auto& row : rows_of(outcome.out)) {
    predicted[row.at("unique_id") + row.at("ds") + row.at("step")] = row.at("y_hat");
  }
  std::map<std::string, int> windows;
  for (const auto& row : scored) {
    ++windows[row.at("unique_id")];
    CHECK(predicted.at(row.at("unique_id") + row.at("ds") + row.at("step")) == row.at("y_hat"));
  }
  // Test rows 72 … 89: 17 windows of 2 steps in each series.
  CHECK(windows == std::map<std::string, int>{{"north", 34}, {"south", 34}});
  // In the units of each.
  const Rows last = rows_of(place.on("predict", "future.csv").out);
  REQUIRE(last.size() == 4);
  CHECK(last[0].at("ds") == "2024-01-01T01:30:00");
  CHECK(std::stod(last[0].at("y_hat")) < 20);
  CHECK(std::stod(last[2].at("y_hat")) > 500);
}

TEST_CASE("series: random forecasts of one don't depend on how many rows another has") {
  const SeriesPlace place({"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 3}])"});
  const auto south_of = [&](const Long& make) {
    write_text(place / "rows.csv", long_csv(make));
    std::vector<std::string> forecasts;
    for (const auto& row : rows_of(place.on("predict", "rows.csv").out)) {
      if (row.at("unique_id") == "south") forecasts.push_back(row.at("y_hat") + row.at("std"));
    }
    return forecasts;
  };
  const std::vector<std::string> behind = south_of({.future = 2});
  REQUIRE(behind.size() == 2);
  CHECK(south_of({.future = 5}) == behind);
  CHECK(south_of({.ids = {"south", "north"}, .future = 2}) == behind);
}

TEST_CASE("series: one that is new is scaled by its own rows, and told") {
  const SeriesPlace place;
  write_text(place / "east.csv", long_csv({.ids = {"south", "east"}, .future = 2}));
  const Outcome outcome = place.on("predict", "east.csv", {"--json"});
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.err,
                 "1 of 2 series are not among those the model was trained on (the "
                 "first: \"east\")"));
  const json forecasts = json::parse(outcome.out).at("forecasts");
  REQUIRE(forecasts.size() == 4);
  CHECK(forecasts[3]["unique_id"] == "east");
  CHECK(forecasts[3]["y_hat"].get<double>() < 25);
}

TEST_CASE("series: the unit of a new one doesn't matter, also where only its last row moves") {
  const SeriesPlace place;
  const auto forecast_in = [&](double unit) {
    std::string csv = "unique_id,ds,load,promo\n";
    for (int row = 0; row < 6 + 2; ++row) {
      const std::string load = row < 6 ? fmt::to_string((row == 5 ? 20 : 10) * unit) : "";
      csv += fmt::format("east,2024-01-01 00:{:02},{},0\n", row, load);
    }
    write_text(place / "east.csv", csv);
    const Rows rows = rows_of(place.on("predict", "east.csv").out);
    REQUIRE(rows.size() == 2);
    return std::stod(rows[0].at("y_hat")) / unit;
  };
  // A scale of the rows before the last one, which are constant, would take 1 for their deviation.
  CHECK(forecast_in(1000) == doctest::Approx(forecast_in(1)).epsilon(1e-6));
}

TEST_CASE("series: one without a window to learn from is told, and new to the model") {
  const SeriesPlace place;
  const std::string one_row = "east,2024-01-01 00:00,30000,0\n";
  write_text(place / "more.csv", long_csv({}) + one_row);
  const Outcome trained = place.train({"-o", "data.path=more.csv", "--force"});
  INFO(trained.err);
  REQUIRE(trained.exit_code == 0);
  const json model = json::parse(read_text(place / "run/model/config.json"));
  CHECK(model["series"]["scales"].contains("south"));
  CHECK_FALSE(model["series"]["scales"].contains("east"));
  const Outcome check = place.espalier({"check", "config.json", "-o", "data.path=more.csv"});
  CHECK(contains(check.err,
                 "1 of 3 series have fewer than 8 rows and teach the model nothing (the "
                 "first: \"east\")"));
  write_text(place / "east.csv", long_csv({.ids = {"east"}, .future = 2}));
  CHECK(contains(place.on("predict", "east.csv").err, "are not among those"));
}

TEST_CASE("series: forecasts and intervals of a new one don't look beyond their cutoff") {
  const SeriesPlace place;
  // The file's rows, the last of which is `last`; as lines, below the header.
  const auto forecasts = [&](int rows, int last, const std::vector<std::string>& more) {
    std::string csv = "unique_id,ds,load,promo\n";
    for (int row = 0; row < rows + 2; ++row) {
      const int load = row + 1 < rows ? 10 + row * row % 7 : last;
      csv += fmt::format("east,2024-01-01 00:{:02},{},0\n", row,
                         row < rows ? std::to_string(load) : "");
    }
    write_text(place / "east.csv", csv);
    const Outcome outcome = place.on("predict", "east.csv", more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    std::vector<std::string> lines = lines_of(outcome.out);
    lines.erase(lines.begin());
    return lines;
  };
  const std::vector<std::string> rolling{"--rolling", "--level", "80", "--intervals", "rolling"};
  const std::vector<std::string> before = forecasts(20, 11, rolling);
  // Two steps from each of 15 cutoffs.
  REQUIRE(before.size() == 2 * 15);
  // Another last row: a scale of all rows would tell of it.
  std::vector<std::string> jump = forecasts(20, 9000, rolling);
  REQUIRE(jump.size() == before.size());
  for (std::size_t i = 0; i < 2 * 14; ++i) CHECK(jump[i] == before[i]);
  CHECK(jump.back() != before.back());
  // A file that ends at a cutoff is forecast as a longer one is from there.
  const std::vector<std::string> cut = forecasts(19, 10 + 18 * 18 % 7, {"--level", "80"});
  const std::vector<std::string> whole = forecasts(20, 11, {"--level", "80", "--rolling"});
  REQUIRE(cut.size() == 2);
  CHECK(cut[0] == whole[2 * 13]);
  CHECK(cut[1] == whole[2 * 13 + 1]);
}

TEST_CASE("series: evaluate scores every window, with no row behind the last one") {
  const SeriesPlace place;
  const Outcome outcome = place.on("evaluate", "data.csv", {"--json", "--level", "80"});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  // 90 − 6 − 2 + 1 windows in each series.
  const json told = json::parse(outcome.out);
  CHECK(told.at("windows") == 2 * 83);
  CHECK(told.at("expected_windows") == 2 * 83);
  // The file is the one trained on: windows that forecast one of its first 63 rows.
  CHECK(told.at("training_windows") == 2 * 57);

  write_text(place / "more.csv", long_csv({.future = 2}));
  std::map<std::string, double> absolute, count;
  for (const auto& row : rows_of(place.on("predict", "more.csv", {"--rolling"}).out)) {
    const std::string& ds = row.at("ds");
    const int at = 60 * std::stoi(ds.substr(11, 2)) + std::stoi(ds.substr(14, 2));
    const std::string& id = row.at("unique_id");
    // Windows whose last target row is known.
    if (at - std::stoi(row.at("step")) + 2 >= 90) continue;
    // The file holds three digits.
    const double load = std::stod(fmt::format("{:.3f}", load_of(id, at)));
    absolute[id] += std::abs(std::stod(row.at("y_hat")) - load);
    ++count[id];
  }
  for (const char* id : {"north", "south"}) {
    CHECK(count[id] == 2 * 83);
    const json& errors = told.at("series").at(id);
    CHECK(errors.at("windows") == 83);
    CHECK(errors.at("mae").get<double>() ==
          doctest::Approx(absolute[id] / count[id]).epsilon(1e-9));
  }
  const Outcome table = place.on("evaluate", "data.csv", {"--by-series"});
  CHECK(contains(table.out,
                 "166 windows of data.csv scored of 166 expected (in each of 2 series: "
                 "rows - 6 window - 2 horizon + 1)."));
  CHECK(contains(table.out, "\nsouth                  83 "));
}

TEST_CASE("series: what can't be done with several is told") {
  const SeriesPlace place;
  CHECK(fault_of(place.on("predict", "data.csv"), 1,
                 {"\"promo\"", "2 rows", "of series \"north\"", "add rows"}) == "");
  CHECK(fault_of(place.espalier({"predict", "run", "--stream"}), 2, {"several series"}) == "");
  CHECK(fault_of(place.espalier({"backtest", "config.json", "-o", "data.time=[]", "-o",
                                 "data.calendar=[]", "-o", "data.features=[\"load\"]"}),
                 2, {"several series", "\"time\""}) == "");
  CHECK(fault_of(place.train({"-o", "data.melt=true", "--force"}), 2, {"\"series\"", "melt"}) ==
        "");
  CHECK(fault_of(place.train({"-o", "data.horizon=9", "--force"}), 2, {"window", "horizon"}) == "");
  const Outcome checked = place.espalier({"check", "config.json"});
  CHECK(checked.exit_code == 0);
  CHECK(contains(checked.err, "180 rows of 2 series"));
  CHECK(contains(checked.err, "no leak: "));
}

TEST_CASE("series: those too short for a window are told") {
  const SeriesPlace place;
  write_text(place / "new.csv", long_csv({.future = 2}) + "west,2024-01-01 00:00,3,0\n");
  const Outcome outcome = place.on("predict", "new.csv");
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.err,
                 "1 of 3 series have fewer than 6 rows and are left out (the first: \"west\")"));
}

TEST_CASE("series: molten ones are predicted as they were scored") {
  const Workplace place;
  std::string wide = "date,north,wind,south\n";
  const Rows rows = rows_of(small_csv());
  for (const auto& row : rows) {
    wide += fmt::format("{},{},{},{:.3f}\n", row.at("date"), row.at("load"), row.at("wind"),
                        3 * std::stod(row.at("wind")) + 1);
  }
  write_text(place / "data.csv", wide);
  const Outcome trained =
      place.train({"-o", R"(data.target=["south", "north"])", "-o", "data.melt=true"});
  INFO(trained.err);
  REQUIRE(trained.exit_code == 0);
  std::map<std::string, double> predicted;
  const auto key = [](const auto& row) { return row.at("series") + row.at("cutoff"); };
  const Outcome rolling = place.espalier({"predict", "run", "--input", "data.csv", "--rolling"});
  for (const auto& row : rows_of(rolling.out)) predicted[key(row)] = std::stod(row.at("y_hat"));
  const Rows scored = rows_of(read_text(place / "run/forecasts.csv"));
  REQUIRE(scored.size() == 2 * 40);
  for (const auto& row : scored) CHECK(predicted.at(key(row)) == std::stod(row.at("y_hat")));
}

TEST_CASE("series: a backtest cuts all of them at one time") {
  const SeriesPlace place;
  const Outcome outcome =
      place.espalier({"backtest", "config.json", "--origins", "3", "--out", "back"});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(contains(outcome.out, "2 rows of \"load\" of 2 series forecast from each"));
  const Rows rows = rows_of(read_text(place / "back/forecasts.csv"));
  REQUIRE(rows.size() == 3 * 2 * 2);
  // Rows 83, 85 and 87 of 0 … 89 are cutoffs.
  const std::string last_cutoff = "2024-01-01T01:27:00";
  std::map<std::string, std::vector<std::map<std::string, std::string>>> last;
  for (const auto& row : rows) {
    if (row.at("cutoff") == last_cutoff) last[row.at("unique_id")].push_back(row);
  }
  REQUIRE(last["north"].size() == 2);
  REQUIRE(last["south"].size() == 2);
  CHECK(std::stod(last["south"][1].at("y")) == doctest::Approx(load_of("south", 89)).epsilon(1e-6));
  CHECK(std::stod(last["south"][1].at("persistence")) ==
        doctest::Approx(load_of("south", 87)).epsilon(1e-6));
  const json metrics = json::parse(read_text(place / "back/metrics.json"));
  REQUIRE(metrics.at("cutoffs").size() == 3);
  for (const json& cutoff : metrics.at("cutoffs")) CHECK(cutoff.at("windows") == 2);
  // 88 rows of each are known, 77 train: 77 − 6 − 2 + 1 windows.
  CHECK(metrics.at("cutoffs")[2].at("training_windows") == 2 * 70);

  // The last refit is the run on the whole file that trains on as many rows.
  const Outcome apart = place.train(
      {"-o", fmt::format("data.split=[{},{},{}]", 77 / 90.0, 11 / 90.0, 2 / 90.0), "--force"});
  INFO(apart.err);
  REQUIRE(apart.exit_code == 0);
  const Rows trained = rows_of(read_text(place / "run/forecasts.csv"));
  REQUIRE(trained.size() == 4);
  CHECK(trained[0] == last["north"][0]);
  CHECK(trained[3] == last["south"][1]);
}

}  // namespace
