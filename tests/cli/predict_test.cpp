// espalier predict: the forecasts that the run itself has made, for rows of another file.
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/csv_rows.h"
#include "tests/cli/trained_place.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

/// Whether every forecast that the run has written is among the predictions.
void check_same(const TrainedPlace& place, const char* column) {
  std::map<std::string, double> predicted;
  for (const auto& row : place.forecasts({"--rolling"})) {
    predicted[row.at("ds") + row.at("cutoff") + row.at("step") + row.at("target")] =
        std::stod(row.at(column));
  }
  const auto own = rows_of(read_text(place / "run/forecasts.csv"));
  REQUIRE(own.size() >= 40);
  for (const auto& row : own) {
    const std::string key = row.at("ds") + row.at("cutoff") + row.at("step") + row.at("target");
    REQUIRE(predicted.contains(key));
    CHECK(predicted.at(key) == doctest::Approx(std::stod(row.at(column))).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("predictions at the run's own origins are the run's own") {
  check_same(TrainedPlace({"-o", "data.horizon=3", "-o", "data.target=[\"wind\", \"load\"]"}),
             "y_hat");
  check_same(TrainedPlace({"-o", R"(regularizers=[{"type": "zoneout"}])"}), "y_hat");
  check_same(TrainedPlace({"-o", R"(model={"type": "patch_transformer", "embed": 4, "heads": 2})",
                           "-o", "data.scale=none"}),
             "y_hat");
}

TEST_CASE("behind the last row the times go on") {
  const TrainedPlace place({"-o", "data.horizon=3"});
  const auto rows = place.forecasts();
  REQUIRE(rows.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(rows[k].at("ds") == fmt::format("2020-08-{:02}", 5 + k));
    CHECK(rows[k].at("cutoff") == "2020-08-04");
    CHECK(rows[k].at("step") == std::to_string(k + 1));
    CHECK(rows[k].at("target") == "load");
  }
  // The last of all origins, and the first after five rows.
  const auto rolling = place.forecasts({"--rolling", "--horizon", "2"});
  REQUIRE(rolling.size() == 2 * (200 - 5 + 1));
  CHECK(rolling.front().at("cutoff") == small_date(4));
  CHECK(rolling.front().at("ds") == small_date(5));
  CHECK(rolling.back().at("cutoff") == "2020-08-04");
  CHECK(rolling[rolling.size() - 2].at("ds") == "2020-08-05");
  CHECK(rolling.back().at("ds") == "2020-08-06");
  // A file of one window, other columns around, in another order.
  write_text(place / "few.csv",
             "wind;note;load;date\n5;a;50;2030-01-01\n5;b;51;2030-01-02\n6;c;52;2030-01-03\n"
             "6;d;53;2030-01-04\n7;e;54;2030-01-05\n");
  CHECK(place.forecasts({}, "few.csv")[2].at("ds") == "2030-01-08");
}

TEST_CASE("the run's own data and initial weights aren't needed") {
  const TrainedPlace place;
  std::filesystem::rename(place / "data.csv", place / "other.csv");
  CHECK(place.forecasts({}, "other.csv").size() == 1);
}

TEST_CASE("random forecasts come with their spread, as in forecasts.csv") {
  const TrainedPlace place({"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 9}])"});
  const auto row = place.forecasts().front();
  const double y_hat = std::stod(row.at("y_hat")), deviation = std::stod(row.at("std"));
  CHECK(deviation > 0);
  CHECK(std::stod(row.at("hi-90")) - y_hat == doctest::Approx(1.6449 * deviation));
  CHECK(y_hat - std::stod(row.at("lo-90")) == doctest::Approx(1.6449 * deviation));
  CHECK(place.forecasts({"--threads", "2", "--rolling"}) == place.forecasts({"--rolling"}));
  const auto rolling = rows_of(place.predict({"--rolling"}, "data.csv").out);
  const auto truths = rows_of(read_text(place / "data.csv"));
  double inside = 0;
  for (const auto& truth : truths) {
    const auto made = std::ranges::find_if(
        rolling, [&](const auto& forecast) { return forecast.at("ds") == truth.at("date"); });
    if (made == rolling.end()) continue;
    const double load = std::stod(truth.at("load"));
    inside += std::stod(made->at("lo-90")) <= load && load <= std::stod(made->at("hi-90"));
  }
  const json told =
      json::parse(place.espalier({"evaluate", "run", "--input", "data.csv", "--json"}).out);
  REQUIRE(told.at("intervals").size() == 1);
  const json& spread = told.at("intervals")[0];
  CHECK(spread.at("method") == "spread");
  CHECK(spread.at("level") == 0.9);
  CHECK(spread.at("coverage").get<double>() * told.at("windows").get<double>() ==
        doctest::Approx(inside));
  CHECK(inside > 0);
}

TEST_CASE("a few new rows are read in the order of dates that the run was trained on") {
  const Workplace place;
  const auto day_first = [](int first, int count) {
    std::string text = "date,load,wind\n";
    std::istringstream lines(small_csv());
    std::string line;
    for (int row = -1; std::getline(lines, line); ++row) {
      if (row < first || row >= first + count) continue;
      text += line.substr(8, 2) + "/" + line.substr(5, 2) + "/" + line.substr(0, 4) +
              line.substr(10) + "\n";
    }
    return text;
  };
  write_text(place / "data.csv", day_first(0, 200));
  const Outcome trained = place.train();
  INFO(trained.err);
  REQUIRE(trained.exit_code == 0);
  // 01/02 … 06/02 would be read as a day of six months as well.
  write_text(place / "new.csv", day_first(28, 6));
  const Outcome outcome = place.espalier({"predict", "run", "--input", "new.csv"});
  CHECK(outcome.err == "");
  CHECK(rows_of(outcome.out).front().at("cutoff") == small_date(33));
  const Outcome streamed =
      place.espalier({"predict", "run", "--stream"}, {.input = day_first(28, 6)});
  CHECK(rows_of(streamed.out).back() == rows_of(outcome.out).front());
}

TEST_CASE("JSON and a file say the same as CSV") {
  const TrainedPlace place;
  const Outcome csv = place.predict({}, "data.csv");
  const json told = json::parse(place.predict({"--json"}, "data.csv").out);
  CHECK(told["input"] == "data.csv");
  REQUIRE(told["forecasts"].size() == 1);
  CHECK(fmt::format("{}", told["forecasts"][0]["y_hat"].get<double>()) ==
        rows_of(csv.out)[0].at("y_hat"));
  const Outcome to_file = place.predict({"--output", "out.csv"}, "data.csv");
  CHECK(to_file.out == "");
  CHECK(read_text(place / "out.csv") == csv.out);
}

TEST_CASE("a run whose files don't fit each other is refused") {
  const TrainedPlace place;
  const std::string path = place / "run/config.resolved.json";
  const json config = json::parse(read_text(path));
  for (const auto& [key, value] :
       std::map<std::string, json>{{"window", 100},
                                   {"horizon", 3},
                                   {"target", "wind"},
                                   {"series", "wind"},
                                   {"calendar", {"hour_of_day", "day_of_week", "day_of_year"}}}) {
    CAPTURE(key);
    json changed = config;
    changed["data"][key] = value;
    write_text(path, changed.dump());
    CHECK(fault_of(place.predict({}, "data.csv"), run_failed, {"run/config.resolved.json", key}) ==
          "");
  }
}

TEST_CASE("what can't be forecast is told in one line") {
  const TrainedPlace place;
  const auto fault = [&place](const std::string& csv, const std::vector<std::string>& words) {
    write_text(place / "new.csv", csv);
    return fault_of(place.predict({"--quiet"}, "new.csv"), run_failed, words);
  };
  CHECK(fault("date,load,wind\n2020-01-01,1,2\n2020-01-02,1,2\n", {"new.csv", "5 rows", "2"}) ==
        "");
  const std::string rows = small_csv(9);
  CHECK(fault_of(place.predict({}, "gone.csv"), usage_wrong, {"--input gone.csv"}) == "");
  CHECK(fault_of(place.predict({}, "run"), usage_wrong, {"--input run"}) == "");
  CHECK(fault_of(place.predict({"--horizon", "2"}, "data.csv"), usage_wrong,
                 {"--horizon is 2", "1 step"}) == "");
  CHECK(fault_of(place.predict({"--horizon", "0"}, "data.csv"), usage_wrong, {"--horizon"}) == "");
  CHECK(fault(rows + "2020-01-10,x,1\n", {"new.csv:11", "load", "\"x\""}) == "");
  CHECK(fault(rows + "2020-01-10,,1\n", {"new.csv", "11", "load"}) == "");
  CHECK(fault(rows + "2020-01-09,1,1\n", {"new.csv:11", "2020-01-09"}) == "");
  write_text(place / "new.csv", "date,loads,wind\n2020-01-01,1,2\n");
  CHECK(fault_of(place.predict({}, "new.csv"), usage_wrong, {"new.csv", "load", "loads"}) == "");
  CHECK(fault_of(place.predict({"--output", "data.csv"}, "data.csv"), usage_wrong,
                 {"--output data.csv", "name another"}) == "");
  CHECK(fault_of(place.espalier({"predict", "nowhere", "--input", "data.csv"}), usage_wrong,
                 {"nowhere", "no run directory"}) == "");
}

TEST_CASE("steps that differ from the commonest are told") {
  const TrainedPlace place;
  write_text(place / "gap.csv", small_csv(9) + "2020-01-12,50,5\n");
  const Outcome outcome = place.predict({}, "gap.csv");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find("1 of 9 steps between rows are not 1 day; the first: 2020-01-12 follows "
                         "2020-01-09, expected 2020-01-10 (line 11)") != std::string::npos);
  CHECK(rows_of(outcome.out)[0].at("ds") == "2020-01-13");
}
