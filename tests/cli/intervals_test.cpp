// Conformal intervals of a run: what train leaves and tells of them, and predict --level.
#include <cmath>
#include <filesystem>
#include <map>
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

using Rows = std::vector<std::map<std::string, std::string>>;

std::string key_of(const std::map<std::string, std::string>& row) {
  return row.at("cutoff") + " " + row.at("step") + " " + row.at("target");
}

const json& tested(const json& metrics, const std::string& method, double level) {
  for (const json& entry : metrics["conformal"]["intervals"]) {
    if (entry["method"] == method && entry["level"] == level) return entry;
  }
  FAIL("not among the intervals tested: ", method, " at ", level);
  return metrics;
}

}  // namespace

TEST_CASE("split intervals: metrics.json counts what predict --level prints") {
  const TrainedPlace place({"-o", "data.horizon=2"});
  std::map<std::string, std::map<std::string, std::string>> predicted;
  for (const auto& row : place.forecasts({"--rolling", "--level", "80,90"})) {
    predicted[key_of(row)] = row;
  }
  const json metrics = place.metrics();
  CHECK(metrics["conformal"]["calibration_windows"] == 19);
  for (const auto& [level, name] : {std::pair{0.8, "80"}, std::pair{0.9, "90"}}) {
    double inside = 0, width = 0, count = 0;
    for (const auto& row : rows_of(read_text(place / "run/forecasts.csv"))) {
      const auto& own = predicted.at(key_of(row));
      const double y = std::stod(row.at("y"));
      const double lower = std::stod(own.at(fmt::format("lo-{}", name)));
      const double upper = std::stod(own.at(fmt::format("hi-{}", name)));
      CHECK(upper - std::stod(own.at("y_hat")) ==
            doctest::Approx(std::stod(own.at("y_hat")) - lower));
      inside += lower <= y && y <= upper ? 1 : 0;
      width += upper - lower;
      ++count;
    }
    const json& told = tested(metrics, "split", level);
    CHECK(told["coverage"].get<double>() == doctest::Approx(inside / count));
    CHECK(told["mean_width"].get<double>() == doctest::Approx(width / count).epsilon(1e-5));
  }
  CHECK(place.table().find(fmt::format(
            "Conformal 90 % intervals hold {:.1f} % of the scored values (split) or "
            "{:.1f} % (rolling).",
            100 * tested(metrics, "split", 0.9)["coverage"].get<double>(),
            100 * tested(metrics, "rolling", 0.9)["coverage"].get<double>())) != std::string::npos);
}

TEST_CASE("rolling intervals learn from the file's rows, and only from those before") {
  const TrainedPlace place({"-o", "data.horizon=3"});
  const std::vector<std::string> rolling{"--level", "80", "--intervals", "rolling"};
  const std::vector<std::string> everywhere{"--level", "80", "--intervals", "rolling", "--rolling"};
  const Rows before = place.forecasts(everywhere);
  const Rows last = place.forecasts(rolling);
  REQUIRE(last.size() == 3);
  CHECK(last[2].at("cutoff") == before.back().at("cutoff"));
  CHECK(last[2].at("lo-80") == before.back().at("lo-80"));
  CHECK(last[2].at("lo-80") != place.forecasts({"--level", "80"})[2].at("lo-80"));
  // The last row is another: nothing changes at the origins before it.
  std::string other = small_csv();
  other.replace(other.rfind(small_date(199)), std::string::npos, small_date(199) + ",99,1\n");
  write_text(place / "other.csv", other);
  const Rows after = place.forecasts(everywhere, "other.csv");
  REQUIRE(after.size() == before.size());
  std::size_t same = 0;
  for (std::size_t i = 0; i < before.size(); ++i) same += before[i] == after[i] ? 1U : 0U;
  CHECK(same == before.size() - 3);
  // At the last origin the first step's error is known to be large.
  const auto width = [](const std::map<std::string, std::string>& row) {
    return std::stod(row.at("hi-80")) - std::stod(row.at("lo-80"));
  };
  CHECK(width(after[after.size() - 3]) > width(before[before.size() - 3]));
  CHECK(place.predict({"--level", "80", "--intervals", "rolling", "--threads", "2"}).out ==
        place.predict(rolling).out);
}

TEST_CASE("intervals in JSON are those in CSV, at the levels' own names") {
  const TrainedPlace place;
  const auto row = place.forecasts({"--level", "80,92.5"}).front();
  const json entry =
      json::parse(place.predict({"--level", "80,92.5", "--json"}).out)["forecasts"][0];
  for (const char* name : {"lo-80", "hi-80", "lo-92.5", "hi-92.5"}) {
    CAPTURE(name);
    CHECK(fmt::format("{}", entry[name].get<double>()) == row.at(name));
  }
  CHECK(std::stod(row.at("lo-92.5")) <= std::stod(row.at("lo-80")));
  CHECK(rows_of(place.predict({"--level", "80", "--level", "92.5"}).out).front() == row);
  CHECK(place.forecasts({}).front().size() == 5);
}

TEST_CASE("random forecasts keep their deviation beside the intervals asked for") {
  const TrainedPlace place({"-o", R"(regularizers=[{"type": "mc_dropout", "samples": 4}])"});
  const auto row = place.forecasts({"--level", "80"}).front();
  CHECK(row.contains("std"));
  CHECK(row.contains("lo-80"));
  CHECK_FALSE(row.contains("lo-90"));
}

TEST_CASE("the residuals kept are the same for any number of threads") {
  const TrainedPlace place({"--threads", "1"});
  const std::string kept = read_text(place / "run/model/calibration.safetensors");
  const TrainedPlace again({"--threads", "2"});
  CHECK(read_text(again / "run/model/calibration.safetensors") == kept);
}

TEST_CASE("intervals that can't be are told in one line") {
  const TrainedPlace place;
  const auto fault = [&place](const std::vector<std::string>& more,
                              const std::vector<std::string>& words, int exit_code = usage_wrong) {
    return fault_of(place.predict(more), exit_code, words);
  };
  CHECK(fault({"--level", "100"}, {"--level names 100", "below 100"}) == "");
  CHECK(fault({"--level", "0"}, {"--level names 0", "above 0"}) == "");
  CHECK(fault({"--level", "80,99"}, {"--level names 99", "20 validation windows", "95.23"}) == "");
  CHECK(fault({"--level", "80,80"}, {"80 twice"}) == "");
  CHECK(fault({"--level", "many"}, {"--level", "many"}) == "");
  CHECK(fault({"--level", "80", "--intervals", "wide"}, {"wide", "split, rolling"}) == "");
  CHECK(fault({"--intervals", "rolling"}, {"--intervals", "--level"}) == "");
  const std::string kept = place / "run/model/calibration.safetensors";
  write_text(kept, "nothing");
  CHECK(fault({"--level", "80"}, {"calibration.safetensors", "7 bytes"}, run_failed) == "");
  std::filesystem::remove(kept);
  CHECK(fault({"--level", "80"}, {"run", "no residuals", "calibration.safetensors"}) == "");
  CHECK(place.predict({}).exit_code == 0);
}

TEST_CASE("the protocol author leaves no residuals: its validation windows are the scored ones") {
  const TrainedPlace place({"-o", "protocol=author", "-o", "data.split=[0.8, 0.2]", "-o",
                            R"(regularizers=[{"type": "none"}])"});
  CHECK_FALSE(exists(place / "run/model/calibration.safetensors"));
  CHECK_FALSE(place.metrics().contains("conformal"));
  CHECK(place.table().find("Conformal") == std::string::npos);
  CHECK(fault_of(place.predict({"--level", "80"}), usage_wrong, {"\"protocol\": \"honest\""}) ==
        "");
}
