#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/real.h"
#include "tests/cli/bad_input.h"
#include "tests/cli/command.h"
#include "tests/cli/comparison_place.h"

using namespace espalier::test;
using nlohmann::json;

TEST_CASE("a comparison leaves its tables, tests, report and trials") {
  const Place place;
  const Outcome outcome = place.espalier({"compare", "config.json"});
  REQUIRE(outcome.exit_code == 0);
  CHECK(contains(outcome.out, "average rank"));
  CHECK(contains(outcome.err, "8 trials"));
  CHECK(contains(outcome.err, "8/8  seattle-weather-lstm-"));
  for (const char* name :
       {"config.json", "meta.json", "results.csv", "summary.csv", "tests.json", "report.html"}) {
    CAPTURE(name);
    CHECK(exists(place / (std::string("runs/small/") + name)));
  }
  for (const char* name : {"config.json", "result.json", "timing.json"}) {
    CAPTURE(name);
    CHECK(
        exists(place / (std::string("runs/small/trials/seattle-weather-lstm-5/light/1/") + name)));
  }
  CHECK(place.trials("runs/small").size() == 8);
  const json tests = place.parsed("runs/small/tests.json");
  CHECK(tests["complete_blocks"] == json{"seattle-weather-lstm-3", "seattle-weather-lstm-5"});
  CHECK(tests["mae"]["pairs"].size() == 1);
  CHECK(place.parsed("runs/small/meta.json")["data"].size() == 1);
  const std::string csv = place.results("runs/small");
  CHECK(count(csv, ",arm,") == 8);
  CHECK(count(csv, ",done,") == 8 + 2 * 2);
  CHECK(count(csv, ",persistence,") == 2);
  CHECK(count(csv, "seattle-weather,lstm,5,arm,light,1,43,honest,done,") == 1);
}

TEST_CASE("the results are the same for any number of threads, and others for another seed") {
  const Place place;
  REQUIRE(place.compare("one", {"--threads", "1"}).exit_code == 0);
  REQUIRE(place.compare("two", {"--threads", "2"}).exit_code == 0);
  REQUIRE(place.compare("other", {"--seed", "7"}).exit_code == 0);
  CHECK(place.results("two") == place.results("one"));
  CHECK(place.results("other") != place.results("one"));
  for (const auto& [trial, result] : place.trials("one")) {
    CAPTURE(trial);
    CHECK(place.trials("two").at(trial).first == result.first);
  }
  // Trials differ, and so do arms.
  const auto trials = place.trials("one");
  const auto scores = [&trials](const std::string& trial) {
    return json::parse(trials.at("seattle-weather-lstm-3/" + trial).first)["test"];
  };
  CHECK(scores("none/0") != scores("none/1"));
  CHECK(scores("none/0") != scores("light/0"));
}

TEST_CASE("espalier train repeats a trial with its scores") {
  const Place place;
  REQUIRE(place.compare("out").exit_code == 0);
  for (const auto& [trial, result] : place.trials("out")) {
    CAPTURE(trial);
    const Outcome repeated = place.espalier({"train", "out/trials/" + trial + "/config.json",
                                             "--out", "again", "--force", "--quiet", "--json"});
    REQUIRE(repeated.exit_code == 0);
    const json scores = json::parse(result.first)["test"];
    REQUIRE(scores.size() == 4);
    const std::string told = place.parsed("again/metrics.json").dump();
    for (const auto& [id, value] : scores.items()) CHECK(contains(told, value.dump()));
  }
}

TEST_CASE("a trial that fails is told with its reason, and the rest is done") {
  const Place place;
  // In double 1e30 can still be squared.
  const std::string rate = sizeof(espalier::real) == sizeof(double) ? "1e300" : "1e30";
  const Texts grid{"-o", R"(grid={"data.window": [3], "optimizer.lr": [0.001, )" + rate + "]}"};
  const Outcome outcome = place.compare("out", grid);
  CHECK(outcome.exit_code == 1);
  CHECK(contains(outcome.err, "4 of 8 trials failed"));
  const std::string csv = place.results("out");
  CHECK(count(csv, ",failed,") == 4);
  CHECK(count(csv, "the loss is not finite") == 4);
  CHECK(count(csv, ",done,") == 4 + 2 * 2);
  CHECK(exists(place / "out/report.html"));
  CHECK(place.parsed("out/tests.json")["complete_blocks"].size() == 1);
  // Failed trials are tried again: with the same outcome.
  Texts again = grid;
  again.emplace_back("--resume");
  CHECK(place.compare("out", again).exit_code == 1);
  CHECK(place.results("out") == csv);
}

TEST_CASE("--dry-run tells the plan and writes nothing") {
  const Place place;
  const Outcome outcome = place.compare("out", {"--dry-run"});
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.out, "2 blocks"));
  CHECK(contains(outcome.out, "8 trials, 8 of them to be run"));
  CHECK(contains(outcome.out, "Smallest p attainable over 2 blocks: 0.5"));
  CHECK_FALSE(exists(place / "out"));
  CHECK_FALSE(exists(place / "runs"));
  CHECK(contains(place.compare("out", {"--dry-run", "--only", "arms=none"}).out,
                 "nothing is tested"));
  REQUIRE(place.compare("out", {"--only", "arms=none"}).exit_code == 0);
  const auto before = contents(place / "out");
  CHECK(contains(place.compare("out", {"--dry-run"}).out, "8 trials, 4 of them to be run"));
  CHECK(contains(place.compare("out", {"--dry-run", "--force"}).out, "8 of them to be run"));
  CHECK(contents(place / "out") == before);
}

TEST_CASE("--json is one object") {
  const Place place;
  const Outcome outcome = place.compare("out", {"--json"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  const json told = json::parse(outcome.out);
  CHECK(told["comparison"] == "out");
  CHECK(told["trials"] == 8);
  CHECK(told["failed_or_missing"] == 0);
  CHECK(told["tests"] == place.parsed("out/tests.json"));
  CHECK(contains(told["answer"], "lowest average rank"));
}

TEST_CASE("a run's config and a comparison's are told apart") {
  const Place place;
  write_text(place / "run.json", small_config);
  write_text(place / "data.csv", small_csv());
  CHECK(fault_of(place.espalier({"compare", "run.json"}), usage_wrong,
                 {"/arms", "espalier train"}) == "");
  for (const char* command : {"train", "check"}) {
    const Outcome outcome = place.espalier({command, "config.json"});
    CHECK(fault_of(outcome, usage_wrong,
                   {"config.json:2:3: /arms", "\"arms\", \"grid\", \"trials\"",
                    "espalier compare"}) == "");
    CHECK(count(outcome.err, "\n") == 1);
  }
  CHECK(fault_of(place.espalier({"check", "run.json", "-o", "trials=3"}), usage_wrong,
                 {"-o trials=…", "espalier compare"}) == "");
  CHECK_FALSE(exists(place / "runs"));
}

TEST_CASE("compare's command lines that can't work") {
  const Place place;
  const auto fault = [&place](const Texts& more, const Texts& words) {
    return fault_of(place.compare("out", more), usage_wrong, words);
  };
  CHECK(fault_of(place.espalier({"compare"}), usage_wrong, {"config is required"}) == "");
  CHECK(fault_of(place.espalier({"compare", "nowhere.json"}), usage_wrong, {"no such"}) == "");
  CHECK(fault({"--only", "data.window=4"}, {"--only data.window=4", "known: 3, 5"}) == "");
  CHECK(fault({"--only", "windw=3"}, {"arms, data.window"}) == "");
  CHECK(fault({"--resume", "--force"}, {"--resume", "--force"}) == "");
  CHECK(fault({"-o", "trials=0"}, {"-o trials=…", "0 is out of range"}) == "");
  // An arm that acts on nothing is no arm.
  CHECK(fault({"-o", R"(arms.light=[{"type": "dropout", "sites": ["attention"]}])"},
              {"seattle-weather-lstm-3, arm light", "changes nothing"}) == "");
  CHECK_FALSE(exists(place / "out"));
}

TEST_CASE("schema --comparison is JSON of its own") {
  const Place place;
  const Outcome run_schema = place.espalier({"schema"});
  const Outcome outcome = place.espalier({"schema", "--comparison"});
  CHECK(outcome.exit_code == 0);
  const json schema = json::parse(outcome.out);
  CHECK(schema["properties"].contains("arms"));
  CHECK_FALSE(json::parse(run_schema.out)["properties"].contains("arms"));
}
