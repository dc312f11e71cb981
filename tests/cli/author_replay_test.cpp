#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "tests/cli/command.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

// The published scripts of arXiv 2508.09330, run on the first 800 rows of ETTh1 (tests/golden), and
// PyTorch under the same rules on shipped data, against `espalier train` with nothing but a config.

namespace {

const std::string root = ESPALIER_SOURCE_DIR;
const std::string golden = root + "/tests/golden/author_lstm_etth1";

/// The data set isn't shipped; empty if nobody has fetched it.
std::string etth1_path() {
  for (const char* place : {"/data/ETTh1.csv", "/../shared/data/ETTh1.csv"}) {
    if (exists(root + place)) return root + place;
  }
  return "";
}

/// What one arm of a replay is made of and compared with.
struct Replay {
  json config;
  json expected;
  /// Weights at the end.
  std::string final_weights;
  /// Our names of the pruned tensors, to those in expected["sparsity"].
  std::map<std::string, std::string> pruned;
};

/// ETTh1 by the authors' own code.
Replay lstm_replay(const json& reference, const std::string& arm) {
  json config = {{"protocol", "author"},
                 {"data",
                  {{"path", etth1_path()},
                   {"time", "date"},
                   {"target", reference["target"]},
                   {"window", reference["length"]},
                   {"rows", reference["rows"]}}},
                 {"model", {{"type", "lstm"}, {"hidden", 16}}},
                 {"optimizer", {{"type", "adam"}, {"lr", 0.001}}},
                 {"train",
                  {{"epochs", reference["epochs"]},
                   {"batch", reference["batch"]},
                   {"shuffle", reference["shuffle"]},
                   {"init_from", golden + ".init.safetensors"}}}};
  if (arm == "pruning") {
    const json& pruning = reference["pruning"];
    config["regularizers"] = json::array({{{"type", "synaptic_pruning"},
                                           {"min_sparsity", pruning["min_rate"]},
                                           {"max_sparsity", pruning["max_rate"]},
                                           {"warmup_epochs", pruning["warmup_epochs"]},
                                           {"every", pruning["every_batches"]}}});
  }
  return {config,
          reference["results"][arm],
          golden + "." + arm + ".final.safetensors",
          {{"lstm.weight_ih_l0", "LSTM_weight_ih_l0_0"},
           {"lstm.weight_hh_l0", "LSTM_weight_hh_l0_0"},
           {"fc.weight", "Linear_weight_1"}}};
}

/// A case of make_author_replay.py.
Replay torch_replay(const std::string& name, const std::string& arm) {
  const std::string stem = root + "/tests/golden/author_replay/" + name;
  const json reference = json::parse(read_text(stem + ".json"));
  Replay replay{
      reference["config"], reference["results"][arm], stem + "." + arm + ".final.safetensors", {}};
  replay.config["data"]["path"] =
      root + "/data/" + replay.config["data"]["path"].get<std::string>();
  replay.config["train"]["init_from"] = stem + ".init.safetensors";
  if (arm == "pruning") {
    replay.config["regularizers"] = json::array({reference["pruning"]});
    for (const auto& [tensor, share] : replay.expected["sparsity"].items()) {
      replay.pruned[tensor] = tensor;
    }
  }
  return replay;
}

std::vector<double> values_of(const Safetensors::Entry& entry) {
  std::vector<double> values;
  const std::size_t width = entry.dtype == "F64" ? sizeof(double) : sizeof(float);
  for (std::size_t at = 0; at < entry.bytes.size(); at += width) {
    double wide = 0;
    float narrow = 0;
    std::memcpy(width == sizeof(double) ? static_cast<void*>(&wide) : &narrow,
                entry.bytes.data() + at, width);
    values.push_back(width == sizeof(double) ? wide : static_cast<double>(narrow));
  }
  return values;
}

double zero_share(const std::vector<double>& values) {
  const auto zeros = std::count(values.begin(), values.end(), 0.0);
  return static_cast<double>(zeros) / static_cast<double>(values.size());
}

/// What two runs can agree on. The bias of attention's keys can't: it adds the same to all scores
/// of a query, which softmax takes off again, so that its true gradient is 0 and Adam blows up what
/// rounding leaves of it.
std::vector<double> comparable(const std::string& name, std::vector<double> values) {
  if (!name.ends_with("in_proj_bias")) return values;
  const auto third = std::ssize(values) / 3;
  values.erase(values.begin() + third, values.begin() + 2 * third);
  return values;
}

/// The largest distance between weights of the same name; fails for other names or sizes.
double weight_distance(const Safetensors& found, const Safetensors& expected) {
  REQUIRE(found.entries.size() == expected.entries.size());
  double largest = 0;
  for (const auto& [name, entry] : expected.entries) {
    CAPTURE(name);
    REQUIRE(found.entries.contains(name));
    const std::vector<double> a = comparable(name, values_of(found.entries.at(name)));
    const std::vector<double> b = comparable(name, values_of(entry));
    REQUIRE(a.size() == b.size());
    CHECK(zero_share(a) == zero_share(b));
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

void check_replay(const Replay& replay) {
  const json& expected = replay.expected;
  const TemporaryFolder folder;
  write_text(folder / "config.json", replay.config.dump());
  const Outcome outcome =
      run({"train", "config.json", "--out", "run", "--json", "--quiet"}, {.folder = folder.path()});
  REQUIRE(outcome.exit_code == 0);
  const json result = json::parse(outcome.out);
  const auto close = [](const json& value) {
    return doctest::Approx(value.get<double>()).epsilon(1e-4).scale(0);
  };
  CHECK(result["test"]["mae"].get<double>() == close(expected["mae"]));
  CHECK(result["test"]["rmse"].get<double>() == close(expected["rmse"]));
  CHECK(result["epochs"] == expected["epochs"]);

  std::istringstream log(read_text(folder / "run/metrics.jsonl"));
  std::size_t epoch = 0;
  for (std::string line; std::getline(log, line); ++epoch) {
    CAPTURE(epoch);
    const json record = json::parse(line);
    CHECK(record["train_loss"].get<double>() == close(expected["train_loss"].at(epoch)));
    CHECK(record["validation_loss"].get<double>() == close(expected["val_loss"].at(epoch)));
  }
  CHECK(epoch == expected["train_loss"].size());

  const Safetensors weights = Safetensors::read(folder / "run/model/model.safetensors");
  CHECK(weight_distance(weights, Safetensors::read(replay.final_weights)) < 1e-4);
  if (expected["sparsity"].is_null()) return;
  for (const auto& [name, published] : replay.pruned) {
    CAPTURE(name);
    CHECK(zero_share(values_of(weights.entries.at(name))) ==
          expected["sparsity"][published].get<double>());
  }
}

}  // namespace

TEST_CASE("the command line replays the published scripts") {
  if (etth1_path().empty()) {
    MESSAGE("skipped: data/ETTh1.csv isn't there; fetch it with data/fetch.sh");
    return;
  }
  const json reference = json::parse(read_text(golden + ".json"));
  for (const char* arm : {"none", "pruning"}) {
    CAPTURE(arm);
    check_replay(lstm_replay(reference, arm));
  }
}

TEST_CASE("the command line replays PyTorch under the published rules, networks of every kind") {
  for (const char* name :
       {"rnn_seattle", "rnn_sp500", "patch_seattle", "patch_sp500", "patch_seattle_long"}) {
    for (const char* arm : {"none", "pruning"}) {
      INFO(name, ", ", arm);
      check_replay(torch_replay(name, arm));
    }
  }
}

TEST_CASE("the comparison of weights tells the two arms apart") {
  const Safetensors none = Safetensors::read(golden + ".none.final.safetensors");
  Safetensors other = none;
  CHECK(weight_distance(other, none) == 0);
  auto& bytes = other.entries.at("fc.weight").bytes;
  const float wrong = static_cast<float>(values_of(none.entries.at("fc.weight")).front()) + 2e-4F;
  std::memcpy(bytes.data(), &wrong, sizeof wrong);
  CHECK(weight_distance(other, none) > 1e-4);
}
