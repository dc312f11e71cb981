// espalier inspect: a finished run trained again, and what is told of it.
#include <algorithm>
#include <chrono>
#include <cmath>
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
#include "tests/cli/bad_input.h"
#include "tests/cli/workplace.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

/// The small config's run in a folder of its own.
class SmallRun : public Workplace {
 public:
  explicit SmallRun(const std::vector<std::string>& overrides = {}) { train(overrides); }

  void train(const std::vector<std::string>& more) const {
    const Outcome outcome = Workplace::train(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  json inspected(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"inspect", "run", "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = espalier(arguments);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.err == "");
    return json::parse(outcome.out);
  }
  std::string file(const std::string& name) const { return *this / ("run/" + name); }
};

json json_lines_of(const std::string& path) {
  json lines = json::array();
  std::istringstream text(read_text(path));
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

/// Every file of the run but the page, with its text.
json files_of(const SmallRun& place) {
  json files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place / "run")) {
    if (!entry.is_regular_file() || entry.path().filename() == "inspect.html") continue;
    const std::string text = read_text(entry.path().string());
    files[entry.path().string()] = std::vector<std::uint8_t>(text.begin(), text.end());
  }
  return files;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the inspection tells what the run did, and changes none of its files") {
  const SmallRun place;
  const json before = files_of(place);
  const json told = place.inspected();
  CHECK(files_of(place) == before);
  CHECK(exists(place.file("inspect.html")));
  CHECK(told["page"] == "run/inspect.html");
  CHECK(told["same_as_run"] == true);
  CHECK(told["differences"] == json::array());
  const json updates = json_lines_of(place.file("pruning.jsonl"));
  REQUIRE(updates.size() > 5);
  CHECK(told["updates"] == updates);
  const json metrics = json::parse(read_text(place.file("metrics.json")));
  CHECK(told["sparsity"] == metrics["sparsity"]);
  CHECK(told["epochs"] == metrics["epochs"]);
  CHECK(told["scored_epoch"] == metrics["scored_epoch"]);
  CHECK(told["config"] == json::parse(read_text(place.file("config.resolved.json"))));
  CHECK(told["data_sha256"] == json::parse(read_text(place.file("meta.json")))["data"]["sha256"]);
}

TEST_CASE("the table of parameters is that of the weights which were scored") {
  const SmallRun place;
  const json told = place.inspected();
  const Safetensors weights = Safetensors::read(place.file("model/model.safetensors"));
  REQUIRE(told["parameters"].size() == weights.entries.size());
  const json layers = json_lines_of(place.file("pruning.jsonl")).back()["layers"];
  for (const json& parameter : told["parameters"]) {
    const std::string name = parameter["name"];
    CAPTURE(name);
    const Safetensors::Entry& entry = weights.entries.at(name);
    const auto columns = entry.shape.size() > 1 ? static_cast<std::size_t>(entry.shape[1]) : 1;
    std::vector<float> values(entry.bytes.size() / sizeof(float));
    std::memcpy(values.data(), entry.bytes.data(), entry.bytes.size());
    double squares = 0;
    std::size_t zeros = 0;
    std::vector<bool> column_lives(columns), unit_lives(4);
    for (std::size_t i = 0; i < values.size(); ++i) {
      squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
      if (values[i] == 0) ++zeros;
      if (values[i] == 0) continue;
      column_lives[i % columns] = true;
      unit_lives[i / columns % 4] = true;  // four gates of four units
    }
    CHECK(parameter["parameters"] == values.size());
    CHECK(parameter["weight_norm"].get<double>() == doctest::Approx(std::sqrt(squares)));
    CHECK(parameter["gradient_norm"].get<double>() > 0);
    if (entry.shape.size() == 1) {
      CHECK(parameter["pruned"] == 0);
      continue;
    }
    CHECK(parameter["pruned"] == layers[name]["pruned"]);
    CHECK(parameter["pruned"] == zeros);
    CHECK(parameter["dead_inputs"] == std::ranges::count(column_lives, false));
    if (name.starts_with("lstm")) {
      CHECK(parameter["units"] == 4);
      CHECK(parameter["dead_units"] == std::ranges::count(unit_lives, false));
    }
  }
}

TEST_CASE("people are told in words, and of the ops of one step") {
  const SmallRun place;
  const Outcome outcome = place.espalier({"inspect", "run", "--quiet"});
  CHECK(outcome.exit_code == 0);
  INFO(outcome.out);
  for (const char* part :
       {"lstm on data.csv (200 rows), protocol honest, seed 42; regularizers: synaptic_pruning",
        "75 of 100 prunable weights are pruned (75.00 %)", "the same to the bit",
        "lstm.weight_ih_l0", "(16,2)", "lstm_sequence", "mse_loss", "parameter"}) {
    CAPTURE(part);
    CHECK(says(outcome.out, part));
  }
  const json told = place.inspected();
  double backward = 0;
  bool lstm = false;
  for (const json& op : told["ops"]) {
    backward += op["backward_us"].get<double>();
    CHECK(op["count"] >= 1);
    CHECK(op["bytes"] > 0);
    lstm = lstm || op["op"] == "lstm_sequence";
  }
  CHECK(lstm);
  CHECK(backward > 0);
}

TEST_CASE("what came out otherwise than in the run is said, in terminal, JSON and page") {
  const SmallRun place;
  const auto check_told = [&place](const std::vector<std::string>& parts) {
    const json told = place.inspected();
    CHECK(told["same_as_run"] == false);
    const std::string differences = told["differences"].dump();
    const std::string text = place.espalier({"inspect", "run", "--quiet"}).out;
    const std::string page = read_text(place.file("inspect.html"));
    for (const std::string& part : parts) {
      CAPTURE(part);
      CHECK(says(differences, part));
      CHECK(says(text, part));
      CHECK(says(page, part));
    }
    CHECK(says(text, "NOT come out the same"));
  };
  const std::string log = read_text(place.file("pruning.jsonl"));
  std::string other = log;
  const std::size_t third = log.find('\n', log.find('\n') + 1) + 1;
  other.replace(other.find("\"pruned\":", third), 9, "\"pruned\": ");
  write_text(place.file("pruning.jsonl"), other);
  check_told({"line 3 of pruning.jsonl"});
  write_text(place.file("pruning.jsonl"), log + log.substr(0, log.find('\n') + 1));
  check_told({"pruning.jsonl tells of"});

  Safetensors weights = Safetensors::read(place.file("model/model.safetensors"));
  float value = 0;
  std::byte* const first = weights.entries.at("fc.bias").bytes.data();
  std::memcpy(&value, first, sizeof value);
  value += 0.5F;
  std::memcpy(first, &value, sizeof value);
  weights.write(place.file("model/model.safetensors"));
  check_told({"pruning.jsonl tells of", "1 of 133 weights", "by up to 0.5"});
}

TEST_CASE("a run without pruning and a model without parameters are inspected as well") {
  const SmallRun place({"-o", "regularizers=[]", "-o", "data.horizon=2"});
  const json told = place.inspected({"--output", "other.html"});
  CHECK(told["updates"] == json::array());
  CHECK(told["same_as_run"] == true);
  CHECK(told["sparsity"] == 0);
  CHECK(exists(place / "other.html"));
  CHECK_FALSE(exists(place.file("inspect.html")));
  CHECK(says(read_text(place / "other.html"), "the ends of its epochs"));

  // A model without parameters has nothing to show, and says so.
  place.train({"--force", "-o", R"(model={"type": "persistence"})", "-o", "regularizers=[]"});
  const json naive = place.inspected();
  CHECK(naive["parameters"] == json::array());
  CHECK(naive["ops"].size() > 0);
  CHECK(says(read_text(place.file("inspect.html")), "There is no weight matrix"));
}

TEST_CASE("trying whether the page can be written leaves nothing behind") {
  const SmallRun place;
  std::filesystem::create_directory(place / "folder");
  const json before = files_of(place);
  place.inspected({"--output", "folder/page.html"});
  CHECK(files_of(place) == before);
  CHECK(exists(place / "folder/page.html"));
  CHECK(std::distance(std::filesystem::directory_iterator(place / "folder"), {}) == 1);
}

TEST_CASE("the page goes with --force and stays with --resume") {
  const SmallRun place;
  place.inspected();
  place.train({"--resume"});
  CHECK(exists(place.file("inspect.html")));
  place.train({"--force"});
  CHECK_FALSE(exists(place.file("inspect.html")));
}

TEST_CASE("what can't be inspected is told in one line, before training") {
  const SmallRun place;
  const auto fault = [&place](std::vector<std::string> arguments, int exit_code,
                              const std::vector<std::string>& words) {
    arguments.insert(arguments.begin(), "inspect");
    return fault_of(place.espalier(arguments), exit_code, words);
  };
  CHECK(fault({"nowhere"}, usage_wrong, {"nowhere", "no run directory"}) == "");
  CHECK(fault({}, usage_wrong, {"run"}) == "");
  CHECK(fault({"run", "--output", "nowhere/page.html"}, usage_wrong, {"--output", "nowhere"}) ==
        "");
  const std::string data = read_text(place / "data.csv");
  write_text(place / "data.csv", data + small_date(200) + ",50,5\n");
  CHECK(fault({"run"}, usage_wrong, {"data.csv", "has changed since the run in run"}) == "");
  std::filesystem::remove(place / "data.csv");
  CHECK(fault({"run"}, usage_wrong, {"/data/path", "data.csv", "isn't there"}) == "");
  write_text(place / "data.csv", data);
  const std::string meta = read_text(place.file("meta.json"));
  write_text(place.file("meta.json"), "{}");
  CHECK(fault({"run"}, run_failed, {"meta.json", "damaged"}) == "");
  write_text(place.file("meta.json"), meta);
  std::filesystem::copy_file(place.file("model/model.safetensors"), place / "first.safetensors");
  place.train({"--force", "-o", "train.init_from=first.safetensors"});
  CHECK(place.inspected()["same_as_run"] == true);
  std::filesystem::remove(place / "first.safetensors");
  std::filesystem::remove(place.file("inspect.html"));
  CHECK(fault({"run"}, usage_wrong, {"/train/init_from", "first.safetensors", "isn't there"}) ==
        "");
  std::filesystem::remove(place.file("metrics.json"));
  CHECK(fault({"run"}, usage_wrong, {"isn't finished", "--resume"}) == "");
  CHECK_FALSE(exists(place.file("inspect.html")));
}

TEST_CASE("Ctrl-C ends an inspection with 130, and nothing is written") {
  const SmallRun place;
  std::string config = read_text(place.file("config.resolved.json"));
  const std::string epochs = "\"epochs\": 3,";
  REQUIRE(says(config, epochs));
  write_text(place.file("config.resolved.json"),
             config.replace(config.find(epochs), epochs.size(), "\"epochs\": 1000000,"));
  write_text(place / "progress", "");
  const Surroundings around{.folder = place.folder(), .err_to = place / "progress"};
  Process process({"inspect", "run"}, around);
  while (process.running() && !says(read_text(place / "progress"), "train loss")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  process.signal(SIGINT);
  CHECK(process.wait().exit_code == 130);
  CHECK(says(read_text(place / "progress"), "interrupted; nothing was written"));
  CHECK_FALSE(exists(place.file("inspect.html")));
}
