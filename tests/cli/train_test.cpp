#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "tests/cli/csv_rows.h"
#include "tests/cli/workplace.h"
#include "tests/support/text.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

class TwoSteps : public Workplace {
 public:
  /// Two steps are forecast, so that layouts matter: 104 prunable weights, of which 78 go.
  Outcome train(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train", "config.json",    "--out", out,
                                       "-o",    "data.horizon=2", "-o",    "data.season=7"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments);
  }
  std::string file(const std::string& name) const { return *this / name; }
  json parsed(const std::string& name) const { return json::parse(read_text(file(name))); }
};

/// Elements whose bytes are all zero.
std::size_t count_zeros(const Safetensors::Entry& entry) {
  const std::size_t width = entry.dtype == "F64" ? sizeof(double) : sizeof(float);
  const std::vector<std::byte> zero(width);
  std::size_t zeros = 0;
  for (std::size_t at = 0; at < entry.bytes.size(); at += width) {
    if (std::memcmp(entry.bytes.data() + at, zero.data(), width) == 0) ++zeros;
  }
  return zeros;
}

}  // namespace

TEST_CASE("train --json prints one object with the whole result") {
  const TwoSteps small;
  const Outcome outcome = small.train("run", {"--json"});
  REQUIRE(outcome.exit_code == 0);
  CHECK(lines_of(outcome.out).size() == 1);
  const json result = json::parse(outcome.out);
  std::vector<std::string> keys;
  const auto ordered = nlohmann::ordered_json::parse(outcome.out);
  for (const auto& [key, value] : ordered.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"run", "protocol", "test", "baselines", "sparsity",
                                         "epochs", "seconds"});
  CHECK(result["run"] == "run");
  CHECK(result["protocol"] == "honest");
  CHECK(result["sparsity"] == 0.75);
  CHECK(result["epochs"] == 3);
  CHECK(result["seconds"] > 0);
  for (const char* name : {"persistence", "seasonal_naive", "linear"}) {
    CAPTURE(name);
    CHECK(result["baselines"][name]["mae"] > 0);
    CHECK(result["baselines"][name]["rmse"] >= result["baselines"][name]["mae"]);
  }
  const json metrics = small.parsed("run/metrics.json");
  for (const char* key : {"test", "baselines", "sparsity", "epochs", "protocol"}) {
    CHECK(metrics[key] == result[key]);
  }
}

TEST_CASE("the table for people holds the same numbers") {
  const TwoSteps small;
  const Outcome outcome = small.train("run");
  REQUIRE(outcome.exit_code == 0);
  const json metrics = small.parsed("run/metrics.json");
  for (const char* metric : {"mae", "rmse"}) {
    CHECK(contains(outcome.out, fmt::format("{:.6g}", metrics["test"][metric].get<double>())));
    for (const auto& [name, scores] : metrics["baselines"].items()) {
      CHECK(contains(outcome.out, name));
      CHECK(contains(outcome.out, fmt::format("{:.6g}", scores[metric].get<double>())));
    }
  }
  CHECK(contains(outcome.out, "78 of 104 prunable weights pruned (75.00 %)"));
  const double change = metrics["test"]["mae"].get<double>() /
                            metrics["baselines"]["persistence"]["mae"].get<double>() -
                        1;
  CHECK(contains(outcome.out, fmt::format("{:.1f} % {} than persistence's", 100 * std::abs(change),
                                          change < 0 ? "lower" : "higher")));
  CHECK(contains(outcome.err, "epoch   3/3"));
  CHECK(small.train("quiet", {"--quiet", "--json"}).err == "");
}

TEST_CASE("the run directory is complete and can be read") {
  const TwoSteps small;
  REQUIRE(small.train("run", {"--quiet"}).exit_code == 0);
  CHECK(read_text(small.file("run/config.json")) == small_config);
  for (const char* name :
       {"config.resolved.json", "meta.json", "metrics.json", "model/config.json"}) {
    CAPTURE(name);
    CHECK(small.parsed(std::string("run/") + name).is_object());
  }
  const std::vector<std::string> epochs = lines_of(read_text(small.file("run/metrics.jsonl")));
  REQUIRE(epochs.size() == 3);
  CHECK(json::parse(epochs[0])["epoch"] == 0);
  CHECK(json::parse(epochs[2])["epoch"] == 2);
  CHECK(lines_of(read_text(small.file("run/timing.jsonl"))).size() == 3);
  const json update = json::parse(lines_of(read_text(small.file("run/pruning.jsonl"))).back());
  CHECK(update["pruned"] == 78);
  CHECK(update["prunable"] == 104);

  std::size_t zeros = 0;
  const Safetensors model = Safetensors::read(small.file("run/model/model.safetensors"));
  for (const auto& [name, entry] : model.entries) {
    if (contains(name, "weight")) zeros += count_zeros(entry);
  }
  CHECK(zeros == 78);
  CHECK_FALSE(Safetensors::read(small.file("run/checkpoints/last.safetensors")).entries.empty());
  CHECK_FALSE(Safetensors::read(small.file("run/checkpoints/best.safetensors")).entries.empty());
}

TEST_CASE("the metrics follow from the forecasts") {
  const TwoSteps small;
  REQUIRE(small.train("run", {"--quiet"}).exit_code == 0);
  const json metrics = small.parsed("run/metrics.json");
  const std::vector<std::string> lines = lines_of(read_text(small.file("run/forecasts.csv")));
  REQUIRE(lines.size() == 1 + metrics["scored_forecasts"].get<std::size_t>());
  // Rows 160 to 199 are the test rows; a window of two steps ends in each but the first.
  CHECK(lines.size() == 1 + 2 * 39);
  const std::vector<std::string> header = cells_of(lines[0]);
  CHECK(lines[0] == "ds,cutoff,step,target,y,y_hat,persistence,seasonal_naive,linear");
  CHECK(lines[1].starts_with(small_date(160) + "," + small_date(159) + ",1,load,"));
  CHECK(lines.back().starts_with(small_date(199) + "," + small_date(197) + ",2,load,"));

  for (std::size_t column = 5; column < header.size(); ++column) {
    CAPTURE(header[column]);
    double absolute = 0;
    double squared = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::vector<std::string> cells = cells_of(lines[i]);
      const double error = std::stod(cells[column]) - std::stod(cells[4]);
      absolute += std::abs(error);
      squared += error * error;
    }
    const double count = static_cast<double>(lines.size() - 1);
    const json& scores = column == 5 ? metrics["test"] : metrics["baselines"][header[column]];
    CHECK(scores["mae"].get<double>() == doctest::Approx(absolute / count).epsilon(1e-12));
    CHECK(scores["rmse"].get<double>() ==
          doctest::Approx(std::sqrt(squared / count)).epsilon(1e-12));
  }
  for (const char* metric : {"mae", "rmse"}) CHECK(metrics["formulas"][metric].is_string());
}

TEST_CASE("check prints a config that reads back to itself") {
  const TwoSteps small;
  const Outcome first = small.espalier({"check", "config.json", "-o", "train.epochs=7"});
  REQUIRE(first.exit_code == 0);
  CHECK(json::parse(first.out)["train"]["epochs"] == 7);
  CHECK(json::parse(first.out)["train"]["loss"] == "mse");
  CHECK(contains(first.err, "200 rows"));
  const Outcome second = small.espalier({"check", "-"}, {.input = first.out});
  CHECK(second.exit_code == 0);
  CHECK(second.out == first.out);
  CHECK_FALSE(exists(small.file("runs")));
}

TEST_CASE("a config may come through standard input") {
  const TwoSteps small;
  const Outcome outcome =
      small.espalier({"train", "-", "--quiet", "--json"}, {.input = small_config});
  REQUIRE(outcome.exit_code == 0);
  CHECK(json::parse(outcome.out)["run"] == "runs/small");
  CHECK(read_text(small.file("runs/small/config.json")) == small_config);
}

TEST_CASE("list and schema describe what is registered") {
  const TwoSteps small;
  const json listed = json::parse(small.espalier({"list", "--json"}).out);
  const std::string text = small.espalier({"list"}).out;
  for (const char* kind : {"models", "regularizers", "optimizers", "lr_schedules"}) {
    REQUIRE(listed[kind].size() > 0);
    for (const json& component : listed[kind]) {
      CHECK(contains(text, component["name"]));
      CHECK(contains(text, component["summary"]));
      for (const json& setting : component["settings"]) {
        CHECK(contains(text, setting["name"].get<std::string>() + " = "));
        CHECK_FALSE(setting["help"].get<std::string>().empty());
      }
    }
  }
  const json schema = json::parse(small.espalier({"schema"}).out);
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["properties"].contains("train"));
}

TEST_CASE("version and help") {
  const TwoSteps small;
  const Outcome version = small.espalier({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.starts_with("espalier "));
  for (const char* command : {"", "train", "check", "list", "schema"}) {
    CAPTURE(command);
    std::vector<std::string> arguments{"--help"};
    if (*command != '\0') arguments.insert(arguments.begin(), command);
    const Outcome help = small.espalier(arguments);
    CHECK(help.exit_code == 0);
    CHECK(contains(help.out, "Usage: "));
    CHECK(help.err == "");
  }
}
