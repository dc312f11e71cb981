#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "tests/cli/command.h"
#include "tests/cli/small_run.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

/// Everything that two equal runs share to the byte.
const std::vector<std::string> reproducible{"model/model.safetensors",
                                            "model/config.json",
                                            "metrics.json",
                                            "metrics.jsonl",
                                            "pruning.jsonl",
                                            "forecasts.csv",
                                            "checkpoints/last.safetensors",
                                            "checkpoints/best.safetensors",
                                            "config.resolved.json"};

constexpr int epochs = 12;

/// Epochs of some 60 steps, long enough to be broken off in; regularizers and schedules whose
/// states must survive, every kind of random mask among them; the warm-up or the ramp is at work
/// while the breaks happen.
json long_config() {
  json config = json::parse(small_config);
  config["data"]["window"] = 6;
  config["model"]["hidden"] = 8;
  // Only a loss that halves is an improvement: the rate falls soon after the ramp.
  config["lr_schedules"] = json::array(
      {{{"type", "warm_up"}, {"epochs", 2}},
       {{"type", "reduce_on_plateau"}, {"factor", 0.7}, {"patience", 0}, {"threshold", 0.5}}});
  config["regularizers"] =
      json::array({{{"type", "dropout"}, {"rate", 0.2}, {"sites", {"input", "head"}}},
                   {{"type", "variational_dropout"}, {"rate", 0.1}},
                   {{"type", "mc_dropout"}, {"rate", 0.1}, {"samples", 2}},
                   {{"type", "zoneout"}},
                   {{"type", "weight_drop"}, {"rate", 0.1}},
                   {{"type", "synaptic_pruning"},
                    {"max_sparsity", 0.75},
                    {"warmup_epochs", 1},
                    {"every", 3},
                    {"ramp_epochs", 8}}});
  config["train"] = {{"epochs", epochs}, {"batch", 8}, {"patience", nullptr}};
  return config;
}

class Runs {
 public:
  Runs() {
    write_text(folder_ / "config.json", long_config().dump(2));
    write_text(folder_ / "data.csv", small_csv(700));
  }

  std::vector<std::string> command(const std::string& out,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train", "config.json", "--json", "--quiet", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Surroundings here() const { return {.folder = folder_.path()}; }
  Outcome train(const std::string& out, const std::vector<std::string>& more = {}) const {
    return test::run(command(out, more), here());
  }
  std::string file(const std::string& out, const std::string& name) const {
    return folder_ / (out + "/" + name);
  }

  /// Names of the reproducible files that differ; empty if two runs are equal to the byte.
  std::string differing(const std::string& a, const std::string& b) const {
    std::string names;
    for (const std::string& name : reproducible) {
      if (read_text(file(a, name)) != read_text(file(b, name))) names += name + " ";
    }
    return names;
  }

  /// Of every epoch's last step.
  std::vector<double> learning_rates(const std::string& out) const {
    std::vector<double> rates;
    std::istringstream log(read_text(file(out, "metrics.jsonl")));
    for (std::string line; std::getline(log, line);) rates.push_back(json::parse(line)["lr"]);
    return rates;
  }

  /// Starts a run afresh, waits until `lines` epochs are logged and some more milliseconds, sends a
  /// signal. Tries again where the run was over sooner than the test looked.
  Outcome broken_off(const std::string& out, int lines, int milliseconds, int signal) const {
    constexpr int attempts = 20;
    Outcome outcome;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      std::filesystem::remove_all(folder_ / out);
      Process process(command(out), here());
      while (process.running() && logged_epochs(out) < lines) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
      process.signal(signal);
      outcome = process.wait();
      if (outcome.exit_code != 0) break;
    }
    return outcome;
  }

 private:
  long logged_epochs(const std::string& out) const {
    const std::string path = file(out, "metrics.jsonl");
    if (!exists(path)) return 0;
    const std::string text = read_text(path);
    return std::count(text.begin(), text.end(), '\n');
  }

  TemporaryFolder folder_;
};

/// The result without what may differ between equal runs.
json comparable(const Outcome& outcome) {
  json result = json::parse(outcome.out);
  result.erase("seconds");
  result.erase("run");
  return result;
}

std::int64_t stored_integer(const std::string& checkpoint, const std::string& name) {
  const Safetensors file = Safetensors::read(checkpoint);
  std::int64_t value = 0;
  std::memcpy(&value, file.entries.at(name).bytes.data(), sizeof value);
  return value;
}

}  // namespace

TEST_CASE("equal configs give equal bytes, on any number of threads") {
  const Runs runs;
  const Outcome first = runs.train("first", {"--threads", "1"});
  REQUIRE(first.exit_code == 0);
  const Outcome again = runs.train("again", {"--threads", "1"});
  const Outcome threads = runs.train("threads", {"--threads", "2"});
  CHECK(runs.differing("first", "again") == "");
  CHECK(runs.differing("first", "threads") == "");
  CHECK(comparable(again) == comparable(first));
  CHECK(comparable(threads) == comparable(first));

  const std::vector<double> lr = runs.learning_rates("first");
  REQUIRE(lr.size() == epochs);
  CHECK(lr[0] < lr[1]);
  CHECK(lr[1] < lr[2]);
  CHECK(lr[9] == lr[2]);
  CHECK(lr[10] == doctest::Approx(0.7 * lr[9]));
  CHECK(lr[11] == doctest::Approx(0.7 * lr[10]));

  // The comparison sees a difference where there is one.
  REQUIRE(runs.train("other", {"--seed", "7"}).exit_code == 0);
  CHECK(runs.differing("first", "other") != "");

  // A run that is finished is only told again.
  const Outcome resumed = runs.train("again", {"--resume"});
  CHECK(resumed.exit_code == 0);
  CHECK(comparable(resumed) == comparable(first));
  CHECK(runs.differing("first", "again") == "");
}

TEST_CASE("killed at any moment and resumed: the bytes of a run without a break") {
  const Runs runs;
  const Outcome reference = runs.train("reference");
  REQUIRE(reference.exit_code == 0);
  struct Moment {
    int epochs_logged;
    int milliseconds;
  };
  for (const Moment moment :
       {Moment{0, 0}, Moment{0, 3}, Moment{0, 8}, Moment{0, 15}, Moment{1, 0}, Moment{2, 1},
        Moment{3, 4}, Moment{6, 2}, Moment{9, 0}, Moment{10, 2}}) {
    CAPTURE(moment.epochs_logged);
    CAPTURE(moment.milliseconds);
    const Outcome killed =
        runs.broken_off("killed", moment.epochs_logged, moment.milliseconds, SIGKILL);
    CHECK(killed.exit_code == 128 + SIGKILL);
    CHECK(killed.out == "");
    const Outcome resumed = runs.train("killed", {"--resume"});
    REQUIRE(resumed.exit_code == 0);
    CHECK(runs.differing("reference", "killed") == "");
    CHECK(comparable(resumed) == comparable(reference));
  }
}

TEST_CASE("killed again and again") {
  const Runs runs;
  REQUIRE(runs.train("reference").exit_code == 0);
  REQUIRE(runs.broken_off("killed", 1, 0, SIGKILL).exit_code == 128 + SIGKILL);
  Outcome last;
  for (int round = 0; round < 200; ++round) {
    Process process(runs.command("killed", {"--resume"}), runs.here());
    std::this_thread::sleep_for(std::chrono::milliseconds(15 + 5 * round));
    process.signal(SIGKILL);
    last = process.wait();
    if (last.exit_code == 0) break;
  }
  REQUIRE(last.exit_code == 0);
  CHECK(runs.differing("reference", "killed") == "");
}

TEST_CASE("Ctrl-C in the middle of an epoch saves it") {
  const Runs runs;
  const Outcome reference = runs.train("reference");
  REQUIRE(reference.exit_code == 0);
  bool within_an_epoch = false;
  for (const int signal : {SIGINT, SIGTERM, SIGINT}) {
    const Outcome stopped = runs.broken_off("stopped", 3, within_an_epoch ? 1 : 2, signal);
    CHECK(stopped.exit_code == 130);
    CHECK(stopped.out == "");
    CHECK(stopped.err.find("--resume") != std::string::npos);
    const std::string checkpoint = runs.file("stopped", "checkpoints/last.safetensors");
    const std::int64_t batch = stored_integer(checkpoint, "training/batch");
    within_an_epoch = within_an_epoch || (batch > 0 && batch < 60);
    const Outcome resumed = runs.train("stopped", {"--resume"});
    REQUIRE(resumed.exit_code == 0);
    CHECK(runs.differing("reference", "stopped") == "");
    CHECK(comparable(resumed) == comparable(reference));
  }
  CHECK(within_an_epoch);
}
