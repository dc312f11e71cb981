#include <cmath>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

/// Two columns of different units, two steps: 3 epochs of the small run.
class TwoTargets {
 public:
  TwoTargets() {
    write_text(folder_ / "config.json", small_config);
    write_text(folder_ / "data.csv", small_csv());
  }

  Outcome train(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{
        "train", "config.json",    "--out", out,
        "-o",    "data.horizon=2", "-o",    R"(data.target=["wind", "load"])"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments, {.folder = folder_.path()});
  }
  std::string text(const std::string& name) const { return read_text(folder_ / name); }

 private:
  TemporaryFolder folder_;
};

std::vector<std::vector<std::string>> cells_of_rows(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

/// Population standard deviation of a column of the small CSV over its 140 training rows.
double training_deviation(std::size_t column) {
  const auto rows = cells_of_rows(small_csv());
  double sum = 0;
  double squares = 0;
  for (std::size_t row = 1; row <= 140; ++row) sum += std::stod(rows[row][column]);
  for (std::size_t row = 1; row <= 140; ++row) {
    squares += std::pow(std::stod(rows[row][column]) - sum / 140, 2);
  }
  return std::sqrt(squares / 140);
}

struct Errors {
  double absolute = 0;
  double squared = 0;
  double count = 0;

  void add(double error) {
    absolute += std::abs(error);
    squared += error * error;
    ++count;
  }
  double mae() const { return absolute / count; }
  double mse() const { return squared / count; }
};

bool near(const json& value, double expected) {
  return std::abs(value.get<double>() - expected) <= 1e-11 * std::abs(expected);
}

/// 200 rows of `columns` columns of noise beside date and load.
std::string wide_csv(int columns) {
  std::istringstream lines(small_csv());
  std::string text;
  std::uint32_t state = 7;
  bool header = true;
  for (std::string line; std::getline(lines, line); header = false) {
    text += line.substr(0, line.rfind(','));
    for (int column = 0; column < columns; ++column) {
      state = 1664525U * state + 1013904223U;
      text += header ? fmt::format(",c{}", column) : fmt::format(",{}", state >> 8U);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("two targets: metrics.json follows from forecasts.csv") {
  const TwoTargets runs;
  REQUIRE(runs.train("run", {"--quiet", "-o", "data.season=7"}).exit_code == 0);
  const auto rows = cells_of_rows(runs.text("run/forecasts.csv"));
  REQUIRE(rows.size() == 1 + 39 * 2 * 2);
  const std::vector<std::string> header{"ds",    "cutoff",      "step",           "target", "y",
                                        "y_hat", "persistence", "seasonal_naive", "linear"};
  CHECK(rows[0] == header);
  const json metrics = json::parse(runs.text("run/metrics.json"));
  CHECK(metrics["scored_forecasts"] == rows.size() - 1);
  const std::map<std::string, double> deviations{{"wind", training_deviation(2)},
                                                 {"load", training_deviation(1)}};
  const auto data = cells_of_rows(small_csv());
  for (std::size_t column = 5; column < header.size(); ++column) {
    CAPTURE(header[column]);
    Errors pooled;
    Errors scaled;
    std::map<std::string, Errors> alone;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      const std::string& target = rows[r][3];
      // Window by window, step by step, target by target, each value that of the file.
      CHECK(target == (r % 2 == 1 ? "wind" : "load"));
      CHECK(rows[r][2] == ((r - 1) / 2 % 2 == 0 ? "1" : "2"));
      const std::size_t row = 160 + (r - 1) / 4 + (r - 1) / 2 % 2;
      CHECK(std::stod(rows[r][4]) == std::stod(data[row + 1][target == "load" ? 1 : 2]));
      const double error = std::stod(rows[r][column]) - std::stod(rows[r][4]);
      pooled.add(error);
      alone[target].add(error);
      scaled.add(error / deviations.at(target));
    }
    const json& scores = column == 5 ? metrics["test"] : metrics["baselines"][header[column]];
    CHECK(near(scores["mae"], pooled.mae()));
    CHECK(near(scores["rmse"], std::sqrt(pooled.mse())));
    CHECK(near(scores["scaled_mae"], scaled.mae()));
    CHECK(near(scores["scaled_mse"], scaled.mse()));
    for (const auto& [target, errors] : alone) {
      const json& own = column == 5 ? metrics["targets"][target]
                                    : metrics["targets"][target]["baselines"][header[column]];
      CHECK(near(own["mae"], errors.mae()));
      CHECK(near(own["rmse"], std::sqrt(errors.mse())));
    }
  }
  for (const auto& [id, value] : metrics["test"].items()) {
    CAPTURE(id);
    CHECK(metrics["formulas"][id].is_string());
  }
}

TEST_CASE("two targets: the table and --json hold the same numbers") {
  const TwoTargets runs;
  const Outcome outcome = runs.train("run");
  REQUIRE(outcome.exit_code == 0);
  const json metrics = json::parse(runs.text("run/metrics.json"));
  const auto says = [&](const std::string& part) {
    return outcome.out.find(part) != std::string::npos;
  };
  const json& test = metrics["test"];
  const json& persistence = metrics["baselines"]["persistence"];
  CHECK(says(fmt::format("{:>14}{:>14}", "scaled MAE", "scaled MSE")));
  CHECK(says(fmt::format("lstm            {:14.6g}{:14.6g}", test["scaled_mae"].get<double>(),
                         test["scaled_mse"].get<double>())));
  CHECK(
      says("156 forecasts of \"wind\", \"load\" scored, each in standard deviations of its "
           "training rows."));
  const double change =
      100 * (test["scaled_mae"].get<double>() / persistence["scaled_mae"].get<double>() - 1);
  CHECK(says(fmt::format("scaled mean absolute error is {:.1f} % {} than persistence's",
                         std::abs(change), change < 0 ? "lower" : "higher")));
  const json result = json::parse(runs.train("again", {"--json", "--quiet"}).out);
  for (const char* key : {"test", "baselines", "targets"}) CHECK(result[key] == metrics[key]);
}

TEST_CASE("two targets: equal bytes on any threads; the config reads back to itself") {
  const TwoTargets runs;
  REQUIRE(runs.train("one", {"--quiet", "--threads", "1"}).exit_code == 0);
  REQUIRE(runs.train("two", {"--quiet", "--threads", "2"}).exit_code == 0);
  for (const char* name : {"forecasts.csv", "metrics.json", "model/config.json",
                           "model/model.safetensors", "checkpoints/last.safetensors"}) {
    CAPTURE(name);
    CHECK(runs.text(std::string("one/") + name) == runs.text(std::string("two/") + name));
  }
  CHECK(json::parse(runs.text("one/config.resolved.json"))["data"]["target"] ==
        json::array({"wind", "load"}));
  CHECK(runs.train("one", {"--quiet", "--resume"}).exit_code == 0);
  CHECK(runs.text("one/forecasts.csv") == runs.text("two/forecasts.csv"));
}

TEST_CASE("lists of targets that can't work") {
  check_each({
      bad_override("data.target=[]", {"data.target", "at least one column", "empty list"}),
      bad_override("data.target=[\"load\",\"load\"]", {"/data/target/1", "\"load\"", "twice"}),
      bad_override("data.target=[\"load\",\" load\"]", {"\"target\"", "\" load\"", "twice"}),
      bad_override("data.target=[\"load\",\"\"]", {"/data/target/1", "not empty"}),
      bad_override("data.target=[\"load\",7]", {"/data/target/1", "expected a text"}),
      bad_override("data.target=7", {"data.target", "a text or a list of texts"}),
      bad_override("data.target=[\"load\",\"wnid\"]",
                   {"data.csv", "\"target\"", "\"wnid\"", "mean \"wind\""}),
      bad_override("data.target=[\"load\",\"date\"]", {"\"target\"", "holds the time"}),
      bad_place("\"load\"", "[\"wind\", \"load\", \"wind\"]",
                {"config.json:6:32", "/data/target/2", "twice"}),
  });
  BadInput text = bad_csv("a target that is no number", csv_with_line(9, "2020-01-08,51.5,calm"),
                          {"data.csv:9", "\"wind\"", "\"target\"", "\"calm\""});
  text.arguments.insert(text.arguments.end(), {"-o", R"(data.target=["load", "wind"])"});
  check_each({text});
}

TEST_CASE("a window too large for the linear baseline is refused before training") {
  BadInput wide = bad_override("data.window=100", {"data.csv", "100 rows of 121 features",
                                                   "12100 inputs", "at most 12000", "\"window\""});
  wide.csv = wide_csv(120);
  check_each({wide});
  // One column less is the most that is possible.
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", wide_csv(119));
  CHECK(
      run({"check", "config.json", "-o", "data.window=100"}, {.folder = folder.path()}).exit_code ==
      0);
}

TEST_CASE("a ramp up to the last epoch is told to leave patience no choice") {
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  const auto told = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"train", "config.json", "--out", "run", "--force"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments, {.folder = folder.path()});
    CHECK(outcome.exit_code == 0);
    return outcome.err.find("\"patience\" has nothing to choose from") != std::string::npos;
  };
  CHECK(told({}));
  CHECK_FALSE(told({"--quiet"}));
  CHECK_FALSE(told({"-o", "train.patience=null"}));
  CHECK_FALSE(told({"-o", "regularizers.0.ramp_epochs=1"}));
  CHECK_FALSE(told({"-o", "regularizers=[]"}));
}
