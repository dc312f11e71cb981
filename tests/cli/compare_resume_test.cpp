#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/command.h"
#include "tests/cli/comparison_place.h"

using namespace espalier::test;
using nlohmann::json;
namespace fs = std::filesystem;

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
      CHECK(contains(broken.err, "--resume"));
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

TEST_CASE("killed while it wrote its first file, a comparison is begun anew") {
  const Place place;
  fs::create_directories(place / "out/trials");
  write_text(place / "out/trials/format.partial", "esp");
  CHECK(place.compare("out", {"--resume"}).exit_code == 0);
  write_text(place / "mine/trials/notes", "");
  CHECK(place.compare("mine", {"--resume"}).exit_code == 2);
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
  for (std::string row; std::getline(rows, row);) CHECK(contains(place.results("out"), row + "\n"));
  CHECK(count(place.results("out"), ",arm,") == 12);

  // Nothing is left to do: nothing is run, the tables are the same.
  REQUIRE(place.compare("out", {"--resume"}).exit_code == 0);
  CHECK(place.results("out") == before);
  check_kept(12 + 4);
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
  CHECK(contains(hole.err, "2 of 8 trials"));
  CHECK(contains(hole.err, "seattle-weather-lstm-5/light/0"));
  CHECK(contains(hole.out, "!"));
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
