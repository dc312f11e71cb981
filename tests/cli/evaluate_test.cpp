// espalier evaluate: scores of a run's model on every window of a file.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/csv_rows.h"
#include "tests/cli/trained_place.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

struct EvaluatedPlace : TrainedPlace {
  using TrainedPlace::TrainedPlace;

  Outcome evaluate(const std::vector<std::string>& more = {},
                   const std::string& input = "data.csv") const {
    std::vector<std::string> arguments{"evaluate", "run", "--input", input};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments);
  }
  json scores(std::vector<std::string> more = {}, const std::string& input = "data.csv") const {
    more.emplace_back("--json");
    const Outcome outcome = evaluate(more, input);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return json::parse(outcome.out);
  }
};

/// One column of small_csv's rows.
std::vector<double> column(const std::string& csv, const std::string& name) {
  std::vector<double> values;
  for (const auto& row : rows_of(csv)) values.push_back(std::stod(row.at(name)));
  return values;
}

void check_close(const json& found, double expected) {
  CHECK(found.get<double>() == doctest::Approx(expected).epsilon(1e-9));
}

/// The rows of small_csv, shifted to other years.
std::string later_csv() {
  std::string text = small_csv();
  for (std::size_t at = text.find("\n2020"); at != std::string::npos;
       at = text.find("\n2020", at + 1)) {
    text.replace(at, 5, "\n2030");
  }
  return text;
}

/// Sums over forecasts of one target, or of one step.
struct Sums {
  double count = 0, absolute = 0, squared = 0, relative = 0, symmetric = 0, scaled = 0;
  void add(double y, double y_hat, double naive) {
    const double error = std::abs(y - y_hat);
    ++count;
    absolute += error;
    squared += error * error;
    relative += error / std::abs(y);
    symmetric += 2 * error / (std::abs(y) + std::abs(y_hat));
    scaled += error / naive;
  }
  void check(const json& found) const {
    check_close(found["mae"], absolute / count);
    check_close(found["rmse"], std::sqrt(squared / count));
    check_close(found["mape"], 100 * relative / count);
    check_close(found["smape"], 100 * symmetric / count);
    check_close(found["mase"], scaled / count);
  }
};

}  // namespace

TEST_CASE("every window is scored: the errors are those of predict --rolling") {
  const EvaluatedPlace place(
      {"-o", "data.horizon=3", "-o", "data.target=[\"wind\", \"load\"]", "-o", "data.season=4"});
  const std::string csv = small_csv();
  std::map<std::string, std::vector<double>> truths;
  std::map<std::string, double> naive;
  for (const char* name : {"wind", "load"}) {
    truths[name] = column(csv, name);
    // 140 of 200 rows train; the season is 4.
    for (std::size_t row = 4; row < 140; ++row) {
      naive[name] += std::abs(truths[name][row] - truths[name][row - 4]) / 136;
    }
  }
  std::map<std::string, std::size_t> row_of;
  for (int row = 0; row < 200; ++row) row_of[small_date(row)] = static_cast<std::size_t>(row);
  std::map<std::string, Sums> by;
  const Outcome predicted =
      place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--quiet"});
  std::size_t last_cutoff = 0;
  for (const auto& row : rows_of(predicted.out)) {
    const std::size_t cutoff = row_of.at(row.at("cutoff"));
    if (cutoff + 3 >= 200) continue;
    last_cutoff = cutoff;
    const std::string& target = row.at("target");
    const double y = truths[target][cutoff + std::stoul(row.at("step"))];
    for (const std::string& group : {target, row.at("step"), std::string("all")}) {
      by[group].add(y, std::stod(row.at("y_hat")), naive[target]);
    }
  }
  CHECK(last_cutoff == 196);
  const json scores = place.scores();
  CHECK(scores["windows"] == 200 - 5 - 3 + 1);
  by["all"].check(scores["scores"]);
  for (const char* name : {"wind", "load"}) by[name].check(scores["targets"][name]);
  for (std::size_t step = 0; step < 3; ++step) {
    by[std::to_string(step + 1)].check(scores["steps"][step]);
  }
  const Outcome told = place.evaluate({"--by-step"});
  CHECK(contains(told.out,
                 "193 windows of data.csv scored of 193 expected (200 rows - 5 window - 3 "
                 "horizon + 1)."));
  for (const char* word :
       {"wind", "load", "all targets", "step 3", "persistence", "seasonal_naive"}) {
    CAPTURE(word);
    CHECK(contains(told.out, word));
  }
  CHECK_FALSE(contains(place.evaluate().out, "step 3"));
}

TEST_CASE("naive forecasts stand beside the model, worked out here") {
  const EvaluatedPlace place({"-o", "data.season=3"});
  const std::vector<double> load = column(small_csv(), "load");
  double last = 0, season = 0;
  for (std::size_t row = 5; row < 200; ++row) {
    last += std::abs(load[row] - load[row - 1]) / 195;
    season += std::abs(load[row] - load[row - 3]) / 195;
  }
  const json baselines = place.scores()["scores"]["baselines"];
  CHECK(baselines.size() == 2);
  check_close(baselines["persistence"]["mae"], last);
  check_close(baselines["seasonal_naive"]["mae"], season);
}

TEST_CASE("a season longer than the window has no forecast for the first windows, and is told") {
  const EvaluatedPlace place({"-o", "data.season=7"});
  const Outcome outcome = place.evaluate();
  CHECK(contains(outcome.err,
                 "a season of 7 rows reaches before the first row of the first 2 "
                 "windows"));
  CHECK_FALSE(contains(outcome.out, "seasonal_naive"));
}

TEST_CASE("the batch and the threads change no number") {
  for (const char* model : {R"({"type": "lstm", "hidden": 4})", R"({"type": "linear"})",
                            R"({"type": "patch_transformer", "embed": 4, "heads": 2})"}) {
    CAPTURE(model);
    const EvaluatedPlace place(
        {"-o", std::string("model=") + model, "-o", "regularizers=[]", "-o", "data.horizon=2"});
    const std::string whole = place.evaluate({"--json", "--level", "80"}).out;
    for (const char* batch : {"1", "7", "128"}) {
      CAPTURE(batch);
      CHECK(place.evaluate({"--json", "--level", "80", "--batch", batch}).out == whole);
    }
    CHECK(place.evaluate({"--json", "--level", "80", "--threads", "2"}).out == whole);
  }
}

TEST_CASE("rows that the run was trained on are noticed") {
  const EvaluatedPlace place({"-o", "data.horizon=2"});
  // 140 training rows; a window of 5 that begins at row 134 or before forecasts one of them.
  const Outcome own = place.evaluate({}, "data.csv");
  CHECK(contains(own.err,
                 "data.csv is what the run was trained on: 135 of 194 windows forecast "
                 "training rows (the first 140, up to " +
                     small_date(139) + ")"));
  CHECK(place.scores()["training_windows"] == 135);
  // The same rows with more behind them are another file.
  write_text(place / "longer.csv", small_csv(210));
  const Outcome longer = place.evaluate({}, "longer.csv");
  CHECK(contains(longer.err,
                 "135 of 204 windows forecast rows from the time of the training rows, "
                 "2020-01-01 to " +
                     small_date(139)));
  write_text(place / "later.csv", later_csv());
  CHECK(!contains(place.evaluate({}, "later.csv").err, "training rows"));
  CHECK(place.scores({}, "later.csv")["training_windows"] == 0);
  CHECK(place.evaluate({"--quiet"}).err == "");
}

TEST_CASE("intervals are scored by both methods, as predict prints them") {
  const EvaluatedPlace place;
  const json scores = place.scores({"--level", "80,90"});
  REQUIRE(scores["intervals"].size() == 4);
  const std::vector<double> load = column(small_csv(), "load");
  for (const json& entry : scores["intervals"]) {
    const std::string method = entry["method"];
    const double level = entry["level"];
    CAPTURE(method);
    CAPTURE(level);
    const std::string percent = fmt::format("{:g}", 100 * level);
    const Outcome predicted =
        place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--quiet", "--level",
                        percent, "--intervals", method});
    const auto rows = rows_of(predicted.out);
    REQUIRE(rows.size() == 196);
    double inside = 0, width = 0, winkler = 0;
    for (std::size_t i = 0; i < 195; ++i) {
      const double lower = std::stod(rows[i].at("lo-" + percent));
      const double upper = std::stod(rows[i].at("hi-" + percent));
      const double y = load[i + 5];
      inside += lower <= y && y <= upper ? 1 : 0;
      width += upper - lower;
      winkler += upper - lower + 2 / (1 - level) * std::max({lower - y, y - upper, 0.0});
    }
    const json& target = entry["targets"]["load"];
    check_close(entry["coverage"], inside / 195);
    check_close(target["mean_width"], width / 195);
    check_close(target["pinball"], (1 - level) / 4 * winkler / 195);
  }
  // A mean of absolute errors where nothing is random is a bound for none, but near.
  for (const char* method : {"split", "rolling"}) {
    const double crps = scores["crps"][method]["load"];
    CHECK(crps > 0.3 * scores["scores"]["mae"].get<double>());
    CHECK(crps < 1.1 * scores["scores"]["mae"].get<double>());
  }
  CHECK(contains(place.evaluate({"--level", "90"}).out, "CRPS of rolling intervals: "));
  CHECK_FALSE(place.scores().contains("intervals"));
}

TEST_CASE("zeros are left out of the MAPE, and told") {
  const EvaluatedPlace place;
  std::string csv = later_csv();
  csv.replace(csv.rfind("2030-08-04"), std::string::npos, "2030-08-04,0,5\n");
  write_text(place / "zero.csv", csv);
  CHECK(contains(place.evaluate({}, "zero.csv").out,
                 "The MAPE leaves out 1 of 195 values, which are 0."));
  CHECK(place.scores({}, "zero.csv")["scores"]["mape_zeros"] == 1);
}

TEST_CASE("what can't be evaluated is told in one line") {
  const EvaluatedPlace place({"-o", "data.horizon=2"});
  write_text(place / "short.csv", small_csv(6));
  CHECK(fault_of(place.evaluate({}, "short.csv"), run_failed, {"short.csv", "5 rows", "6 rows"}) ==
        "");
  write_text(place / "seven.csv", small_csv(7));
  CHECK(contains(place.evaluate({}, "seven.csv").out, "1 windows of seven.csv scored of 1"));
  CHECK(fault_of(place.evaluate({}, "gone.csv"), usage_wrong, {"--input gone.csv"}) == "");
  CHECK(fault_of(place.evaluate({"--batch", "0"}), usage_wrong, {"--batch"}) == "");
  CHECK(fault_of(place.evaluate({"--quiet", "--level", "99"}), usage_wrong,
                 {"--level names 99", "19 validation windows"}) == "");
  CHECK(fault_of(place.espalier({"evaluate", "nowhere", "--input", "data.csv"}), usage_wrong,
                 {"nowhere", "no run directory"}) == "");
  // A run of before: no MASE, the rest stands.
  json metrics = json::parse(read_text(place / "run/metrics.json"));
  metrics.erase("training");
  write_text(place / "run/metrics.json", metrics.dump());
  const Outcome outcome = place.evaluate();
  CHECK(contains(outcome.err, "no MASE"));
  CHECK(contains(outcome.out, "n/a"));
  CHECK(place.scores()["scores"]["mase"].is_null());
}
