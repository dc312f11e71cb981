#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/real.h"
#include "tests/cli/bad_input.h"
#include "tests/cli/command.h"

using namespace espalier::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

/// Two windows, two arms, two trials; a trial takes some milliseconds.
json small_comparison() {
  return {{"name", "small"},
          {"trials", 2},
          {"data",
           {{"path", std::string(ESPALIER_SOURCE_DIR) + "/data/seattle-weather.csv"},
            {"time", "date"},
            {"target", "temp_max"},
            {"rows", 100}}},
          {"model", {{"type", "lstm"}, {"hidden", 3}}},
          {"grid", {{"data.window", {3, 5}}}},
          {"arms", {{"none", json::array()}, {"light", {{{"type", "dropout"}, {"rate", 0.2}}}}}},
          {"train", {{"epochs", 2}, {"batch", 16}}}};
}

/// A folder with a comparison's config, in which espalier runs.
class Place {
 public:
  Place() { write_text(folder_ / "config.json", small_comparison().dump(2)); }

  std::string operator/(const std::string& name) const { return folder_ / name; }
  std::string folder() const { return folder_.path().string(); }
  Outcome espalier(const Texts& arguments, Surroundings around = {}) const {
    around.folder = folder();
    return run(arguments, around);
  }
  /// On one thread where `more` says nothing of threads: other tests may run beside these.
  static Texts command(const std::string& out, const Texts& more) {
    Texts arguments{"compare", "config.json", "--quiet", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (std::ranges::find(more, "--threads") == more.end()) {
      arguments.insert(arguments.end(), {"--threads", "1"});
    }
    return arguments;
  }
  Outcome compare(const std::string& out, const Texts& more = {}, Surroundings around = {}) const {
    return espalier(command(out, more), std::move(around));
  }
  json parsed(const std::string& name) const { return json::parse(read_text(*this / name)); }

  /// results.csv of a comparison without its last two columns, which hold times.
  std::string results(const std::string& out) const {
    std::istringstream lines(read_text(*this / (out + "/results.csv")));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      text += line.substr(0, line.rfind(',', line.rfind(',') - 1)) + "\n";
    }
    return text;
  }

  /// Bytes and time of writing of each trial's result.
  std::map<std::string, std::pair<std::string, fs::file_time_type>> trials(
      const std::string& out) const {
    std::map<std::string, std::pair<std::string, fs::file_time_type>> found;
    const std::string from = *this / (out + "/trials");
    if (!fs::exists(from)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      if (entry.path().filename() != "result.json") continue;
      found[fs::relative(entry.path().parent_path(), from).string()] = {
          read_text(entry.path().string()), entry.last_write_time()};
    }
    return found;
  }

  /// Trials whose result is there, counted while others may come.
  std::size_t finished(const std::string& out) const {
    std::size_t count = 0;
    for (const char* block : {"seattle-weather-lstm-3", "seattle-weather-lstm-5"}) {
      for (const char* trial : {"none/0", "none/1", "light/0", "light/1"}) {
        if (exists(*this / (out + "/trials/" + block + "/" + trial + "/result.json"))) ++count;
      }
    }
    return count;
  }

 private:
  TemporaryFolder folder_;
};

/// The rows that name an arm or baseline.
std::string rows_of(const std::string& csv, const std::string& method) {
  std::istringstream lines(csv);
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("," + method + ",") != std::string::npos) rows += line + "\n";
  }
  return rows;
}

std::ptrdiff_t count(const std::string& text, const std::string& part) {
  std::ptrdiff_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// Every file below a folder, with what it holds.
std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), folder).string()] = read_text(entry.path().string());
    }
  }
  return files;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a comparison leaves its tables, tests, report and trials") {
  const Place place;
  const Outcome outcome = place.espalier({"compare", "config.json"});
  REQUIRE(outcome.exit_code == 0);
  CHECK(has(outcome.out, "average rank"));
  CHECK(has(outcome.err, "8 trials"));
  CHECK(has(outcome.err, "8/8  seattle-weather-lstm-"));
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

TEST_CASE("killed at any moment and resumed: the results of a comparison without a break") {
  const Place place;
  const Texts longer{"-o", "train.epochs=8"};
  const auto with = [&longer](const Texts& more) {
    Texts all = longer;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  REQUIRE(place.compare("whole", longer).exit_code == 0);
  struct Moment {
    std::size_t trials;
    int milliseconds;
    int signal;
    const char* threads;
  };
  std::size_t partial = 0;
  for (const Moment moment :
       {Moment{0, 10, SIGKILL, "2"}, Moment{1, 0, SIGKILL, "1"}, Moment{3, 2, SIGKILL, "2"},
        Moment{6, 0, SIGKILL, "1"}, Moment{2, 1, SIGINT, "1"}, Moment{5, 0, SIGINT, "2"}}) {
    CAPTURE(moment.trials);
    CAPTURE(moment.signal);
    Outcome broken;
    for (int attempt = 0; attempt < 20 && broken.exit_code <= 0; ++attempt) {
      fs::remove_all(place / "broken");
      Process process(Place::command("broken", with({"--threads", moment.threads})),
                      {.folder = place.folder()});
      while (process.running() && place.finished("broken") < moment.trials) {
        std::this_thread::sleep_for(std::chrono::microseconds(500));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(moment.milliseconds));
      process.signal(moment.signal);
      broken = process.wait();
    }
    CHECK(broken.out == "");
    if (moment.signal == SIGKILL) {
      CHECK(broken.exit_code == 128 + SIGKILL);
    } else {
      CHECK(broken.exit_code == 130);
      CHECK(has(broken.err, "--resume"));
      CHECK(place.results("broken") != place.results("whole"));  // tells what is missing
    }
    const auto before = place.trials("broken");
    if (!before.empty() && before.size() < 8) ++partial;
    const Outcome resumed = place.compare("broken", with({"--resume"}));
    REQUIRE(resumed.exit_code == 0);
    CHECK(place.results("broken") == place.results("whole"));
    const auto after = place.trials("broken");
    for (const auto& [trial, result] : before) CHECK(after.at(trial) == result);
  }
  CHECK(partial >= 4);
}

TEST_CASE("an arm or trials more are run alone, and change no other row") {
  const Place place;
  REQUIRE(place.compare("out").exit_code == 0);
  const std::string before = place.results("out");
  const auto trials = place.trials("out");
  const auto check_kept = [&](std::size_t all) {
    const auto now = place.trials("out");
    CHECK(now.size() == all);
    for (const auto& [trial, result] : trials) CHECK(now.at(trial) == result);
  };
  const Texts arm{"--resume", "-o", R"(arms.heavy=[{"type": "dropout", "rate": 0.6}])"};
  REQUIRE(place.compare("out", arm).exit_code == 0);
  check_kept(12);
  for (const char* method : {"none", "light", "persistence", "linear"}) {
    CHECK(rows_of(place.results("out"), method) == rows_of(before, method));
  }
  CHECK(count(rows_of(place.results("out"), "heavy"), "\n") == 4);

  REQUIRE(place.compare("out", {"--resume", "-o", "trials=3"}).exit_code == 0);
  check_kept(12 + 4);
  std::istringstream rows(before);
  for (std::string row; std::getline(rows, row);) CHECK(has(place.results("out"), row + "\n"));
  CHECK(count(place.results("out"), ",arm,") == 12);

  // Nothing is left to do: nothing is run, the tables are the same.
  REQUIRE(place.compare("out", {"--resume"}).exit_code == 0);
  CHECK(place.results("out") == before);
  check_kept(12 + 4);
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
    for (const auto& [id, value] : scores.items()) CHECK(has(told, value.dump()));
  }
}

TEST_CASE("parts run apart are merged to the whole") {
  const Place place;
  REQUIRE(place.compare("whole").exit_code == 0);
  REQUIRE(place.compare("a", {"--only", "data.window=3"}).exit_code == 0);
  REQUIRE(place.compare("b", {"--only", "data.window=5", "--only", "arms=none"}).exit_code == 0);
  REQUIRE(place.compare("c", {"--only", "data.window=5", "--only", "arms=light"}).exit_code == 0);
  CHECK(place.trials("b").size() == 2);

  const auto parts = contents(place / "a");
  REQUIRE(place.compare("merged", {"--merge", "a", "b", "c"}).exit_code == 0);
  CHECK(place.results("merged") == place.results("whole"));
  CHECK(place.parsed("merged/tests.json") == place.parsed("whole/tests.json"));
  CHECK(contents(place / "a") == parts);

  const Outcome hole = place.compare("hole", {"--merge", "a", "--merge", "b"});
  CHECK(hole.exit_code == 1);
  CHECK(has(hole.err, "2 of 8 trials"));
  CHECK(has(hole.err, "seattle-weather-lstm-5/light/0"));
  CHECK(has(hole.out, "!"));
  CHECK(count(place.results("hole"), ",missing,") == 2);
  CHECK(count(place.results("hole"), ",lstm,5,arm,light,0,42,honest,missing,") == 1);
  CHECK(place.parsed("hole/tests.json")["complete_blocks"] == json{"seattle-weather-lstm-3"});
  REQUIRE(place.compare("hole", {"--resume"}).exit_code == 0);
  CHECK(place.results("hole") == place.results("whole"));

  CHECK(fault_of(place.compare("m", {"--merge", "nowhere"}), usage_wrong,
                 {"--merge nowhere", "comparison"}) == "");
  CHECK(fault_of(place.compare("m", {"--merge", "a", "-o", "train.epochs=3"}), usage_wrong,
                 {"a/trials/seattle-weather-lstm-3/light/0", "\"epochs\": 2"}) == "");
  CHECK(fault_of(place.compare("a", {"--merge", "a", "--force"}), usage_wrong, {"--resume"}) == "");
  CHECK(contents(place / "a") == parts);
}

TEST_CASE("a trial that fails is told with its reason, and the rest is done") {
  const Place place;
  // In double 1e30 can still be squared.
  const std::string rate = sizeof(espalier::real) == sizeof(double) ? "1e300" : "1e30";
  const Texts grid{"-o", R"(grid={"data.window": [3], "optimizer.lr": [0.001, )" + rate + "]}"};
  const Outcome outcome = place.compare("out", grid);
  CHECK(outcome.exit_code == 1);
  CHECK(has(outcome.err, "4 of 8 trials failed"));
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
  CHECK(has(outcome.out, "2 blocks"));
  CHECK(has(outcome.out, "8 trials, 8 of them to be run"));
  CHECK(has(outcome.out, "Smallest p attainable over 2 blocks: 0.5"));
  CHECK_FALSE(exists(place / "out"));
  CHECK_FALSE(exists(place / "runs"));
  CHECK(has(place.compare("out", {"--dry-run", "--only", "arms=none"}).out, "nothing is tested"));
  REQUIRE(place.compare("out", {"--only", "arms=none"}).exit_code == 0);
  const auto before = contents(place / "out");
  CHECK(has(place.compare("out", {"--dry-run"}).out, "8 trials, 4 of them to be run"));
  CHECK(has(place.compare("out", {"--dry-run", "--force"}).out, "8 of them to be run"));
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
  CHECK(has(told["answer"], "lowest average rank"));
}

TEST_CASE("a directory that holds something is neither mixed nor lost") {
  const Place place;
  REQUIRE(place.compare("out").exit_code == 0);
  write_text(place / "out/diary.txt", "dear diary");
  const auto before = contents(place / "out");
  CHECK(fault_of(place.compare("out"), usage_wrong, {"out", "--resume", "--force"}) == "");
  CHECK(contents(place / "out") == before);
  REQUIRE(place.compare("out", {"--force", "--seed", "7", "--only", "data.window=3"}).exit_code ==
          0);
  CHECK(read_text(place / "out/diary.txt") == "dear diary");
  CHECK(place.trials("out").size() == 4);

  REQUIRE(place.compare("out2").exit_code == 0);
  // A run's directory, one that holds just a config, and a comparison where a run is to go.
  write_text(place / "run.json",
             place.parsed("out/trials/seattle-weather-lstm-3/none/0/config.json").dump());
  REQUIRE(place.espalier({"train", "run.json", "--out", "run", "--quiet"}).exit_code == 0);
  write_text(place / "foreign/config.json", "mine");
  write_text(place / "foreign/results.csv", "mine");
  write_text(place / "theirs/trials/first.csv", "mine");
  for (const std::string folder : {"run", "foreign", "theirs"}) {
    CAPTURE(folder);
    const auto held = contents(place / folder);
    CHECK(fault_of(place.compare(folder), usage_wrong, {"not empty"}) == "");
    CHECK(fault_of(place.compare(folder, {"--force"}), usage_wrong, {"no comparison"}) == "");
    CHECK(fault_of(place.compare(folder, {"--resume"}), usage_wrong, {"no comparison"}) == "");
    CHECK(contents(place / folder) == held);
  }
  const auto held = contents(place / "out");
  // What can't be merged is told before anything is removed.
  CHECK(fault_of(place.compare("out", {"--merge", "out2", "-o", "train.epochs=3", "--force"}),
                 usage_wrong, {"out2/trials/", "another config"}) == "");
  CHECK(contents(place / "out") == held);
  CHECK(fault_of(place.espalier({"train", "run.json", "--out", "out", "--force", "--quiet"}),
                 usage_wrong, {"no run"}) == "");
  CHECK(contents(place / "out") == held);
}

TEST_CASE("another config or other data are not mixed with what is there") {
  const Place place;
  write_text(place / "data.csv", small_csv());
  const Texts own{"-o", R"(data={"path": "data.csv", "time": "date", "target": "load"})"};
  const auto with = [&own](const Texts& more) {
    Texts all = own;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  REQUIRE(place.compare("out", own).exit_code == 0);
  const auto before = contents(place / "out");
  write_text(place / "config.json", small_comparison().dump());
  CHECK(fault_of(place.compare("out", with({"--resume", "-o", "train.epochs=3"})), usage_wrong,
                 {"out/trials/data-lstm-3/light/0", "\"epochs\": 2, there, \"epochs\": 3, now",
                  "--out", "--force"}) == "");
  write_text(place / "data.csv", small_csv(201));
  CHECK(fault_of(place.compare("out", with({"--resume"})), usage_wrong,
                 {"out/trials/data-lstm-3/light/0", "other data", "data.csv"}) == "");
  CHECK(contents(place / "out") == before);
}

TEST_CASE("a disk that is full is told, and a later resume goes on") {
  const Place place;
  REQUIRE(place.compare("whole").exit_code == 0);
  std::size_t refused = 0;
  for (const std::uint64_t size : {0U, 1200U, 2500U}) {
    CAPTURE(size);
    fs::remove_all(place / "out");
    const Outcome outcome = place.compare("out", {}, {.largest_file = size});
    if (outcome.exit_code != 0) {
      ++refused;
      CHECK(fault_of(outcome, run_failed, {"cannot write out/", "File too large"}) == "");
    }
    CHECK(place.compare("out", {"--resume"}).exit_code == 0);
    CHECK(place.results("out") == place.results("whole"));
  }
  CHECK(refused >= 2);
  write_text(place / "file", "");
  CHECK(fault_of(place.compare("file"), run_failed, {"file", "--out"}) == "");
  CHECK(fault_of(place.compare("/proc/comparison"), run_failed, {"/proc/comparison"}) == "");
  CHECK(fault_of(place.compare("told", {}, {.out_to = "/dev/full"}), run_failed,
                 {"standard output", "No space left"}) == "");
  CHECK(place.results("told") == place.results("whole"));
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
