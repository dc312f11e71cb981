// ONNX exports in onnxruntime: the forecasts of espalier predict. Skipped where node or npm's
// onnxruntime-node aren't there.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/workplace.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

constexpr std::size_t window = 12;
constexpr std::size_t horizon = 3;
constexpr std::size_t outputs = 2 * horizon;

/// The folder of node's modules that holds onnxruntime-node; empty if there is none.
std::string modules() {
  const char* given = std::getenv("ESPALIER_NODE_MODULES");
  const std::string folder = given != nullptr ? given : ESPALIER_NODE_MODULES;
  return exists(folder + "/onnxruntime-node/package.json") ? folder : "";
}

struct Network {
  std::string model;
  std::string regularizers = "[]";
  /// Whether compaction must have taken something.
  bool shrinks = false;
  std::string loss = "mse";
};

const std::string neurons = R"([{"type": "pruning", "grain": "neuron", "warmup_epochs": 1}])";
const std::string heads =
    R"([{"type": "pruning", "grain": "head", "max_sparsity": 0.5, "warmup_epochs": 1}])";
const std::string weights = R"([{"type": "synaptic_pruning", "warmup_epochs": 1}])";

std::vector<Network> networks() {
  return {
      {R"({"type": "rnn", "hidden": 6, "layers": 2})"},
      {R"({"type": "rnn", "hidden": 6, "nonlinearity": "relu"})", weights},
      {R"({"type": "rnn", "hidden": 6, "layers": 2})", neurons, true},
      {R"({"type": "rnn", "hidden": 6, "nonlinearity": "relu"})", neurons, true},
      {R"({"type": "gru", "hidden": 6, "layers": 2})"},
      {R"({"type": "gru", "hidden": 6, "layers": 2})", neurons, true},
      {R"({"type": "lstm", "hidden": 6, "layers": 2})"},
      {R"({"type": "lstm", "hidden": 6})", weights},
      {R"({"type": "lstm", "hidden": 6, "layers": 2})", neurons, true},
      {R"({"type": "patch_transformer", "embed": 8, "heads": 2, "feed_forward": 12})"},
      {R"({"type": "patch_transformer", "embed": 8, "heads": 2, "feed_forward": 12, "patch": 5,
           "stride": 3, "norm": "pre", "activation": "gelu", "pooling": "flatten"})"},
      {R"({"type": "patch_transformer", "embed": 8, "heads": 2, "feed_forward": 12,
           "revin": true, "revin_affine": true, "padding": "stride"})"},
      {R"({"type": "patch_transformer", "embed": 8, "heads": 4, "feed_forward": 12})", heads, true},
      {R"({"type": "patchtst", "embed": 8, "heads": 2, "feed_forward": 12})"},
      {R"({"type": "patchtst", "embed": 8, "heads": 2, "feed_forward": 12, "revin_affine": true,
           "patch": 4, "stride": 2, "final_norm": true})"},
      {R"({"type": "patchtst", "embed": 8, "heads": 2, "feed_forward": 12})", neurons, true},
      {R"({"type": "linear"})"},
      {R"({"type": "linear", "channel_independent": true})"},
      {R"({"type": "nlinear"})"},
      {R"({"type": "dlinear", "kernel": 5})"},
      {R"({"type": "persistence"})"},
      {R"({"type": "seasonal_naive", "season": 2})"},
      {R"({"type": "rnn", "hidden": 6})", "[]", false, "quantile"},
      {R"({"type": "patchtst", "embed": 8, "heads": 2, "feed_forward": 12, "revin_affine": true})",
       "[]", false, "quantile"},
      {R"({"type": "linear", "channel_independent": true})", "[]", false, "quantile"},
  };
}

/// Columns 1 and 2 of small_csv.
std::vector<double> values_of(const std::string& csv) {
  std::vector<double> values;
  std::istringstream stream(csv);
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    while (std::getline(cells, cell, ',')) values.push_back(std::stod(cell));
  }
  return values;
}

/// Every window of the rows, one behind the other.
std::vector<double> windows_of(const std::vector<double>& rows) {
  std::vector<double> all;
  const auto size = static_cast<std::ptrdiff_t>(2 * window);
  for (auto at = rows.begin(); rows.end() - at >= size; at += 2) {
    all.insert(all.end(), at, at + size);
  }
  return all;
}

/// What espalier predict makes of every window, by the names that the export has for it.
std::map<std::string, std::vector<double>> outputs_of(const json& predicted,
                                                      const Network& network) {
  std::map<std::string, std::vector<double>> all;
  std::vector<double>& forecasts = all["forecast"];
  const json& values = predicted.at("forecasts");
  for (const json& value : values) forecasts.push_back(value.at("y_hat"));
  if (network.loss != "quantile") return all;
  std::vector<double>& quantiles = all["quantiles"];
  for (std::size_t begin = 0; begin < values.size(); begin += outputs) {
    for (const char* level : {"lo-80", "y_hat", "hi-80"}) {
      for (std::size_t i = 0; i < outputs; ++i) quantiles.push_back(values[begin + i].at(level));
    }
  }
  return all;
}

/// Trains the network and exports it to `file`; returns what espalier predict makes of every
/// window.
std::map<std::string, std::vector<double>> make(const Workplace& place, const Network& network,
                                                const std::string& file) {
  const auto done = [](const Outcome& outcome) {
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  };
  done(place.train({"--force", "-o", "model=" + network.model, "-o",
                    "regularizers=" + network.regularizers, "-o", "train.loss=" + network.loss,
                    "-o", "data.horizon=3", "-o", "data.window=12", "-o",
                    R"(data.target=["wind", "load"])"}));
  const json told = json::parse(done(place.espalier(
      {"export", "run", "--to", "onnx", "--output", file, "--seconds", "0.001", "--json"})));
  CHECK((told["before"]["parameters"] != told["after"]["parameters"]) == network.shrinks);
  const json predicted = json::parse(
      done(place.espalier({"predict", "run", "--input", "data.csv", "--rolling", "--json"})));
  return outputs_of(predicted, network);
}

/// What onnxruntime makes of the jobs; null if it failed.
json run_node(const Workplace& place, const json& jobs) {
  write_text(place / "jobs.json", jobs.dump());
  const std::string command =
      fmt::format("NODE_PATH='{}' node '{}/tests/cli/onnx_forecasts.js' '{}' '{}'", modules(),
                  ESPALIER_SOURCE_DIR, place / "jobs.json", place / "results.json");
  if (std::system(command.c_str()) != 0) return nullptr;
  return json::parse(read_text(place / "results.json"));
}

/// Largest difference in standard deviations of the series, which are about 8 and 1.5; infinite
/// where the lists differ in length.
double difference(const std::vector<double>& found, const std::vector<double>& expected,
                  std::size_t offset = 0) {
  if (found.size() != expected.size()) return INFINITY;
  double largest = 0;
  for (std::size_t i = offset; i < found.size(); ++i) {
    const double deviation = i % 2 == 0 ? 1.5 : 8;
    const double apart = std::abs(found[i] - expected[i - offset]) / deviation;
    if (!(apart <= largest)) largest = apart;
  }
  return largest;
}

}  // namespace

TEST_CASE("onnxruntime forecasts what espalier predict does") {
  if (modules().empty()) {
    MESSAGE(
        "skipped: onnxruntime-node isn't there; npm install --ignore-scripts onnxruntime-node, "
        "and set ESPALIER_NODE_MODULES to the folder node_modules");
    return;
  }
  const Workplace place;
  const std::vector<double> windows = windows_of(values_of(read_text(place / "data.csv")));
  std::vector<std::map<std::string, std::vector<double>>> expected;
  json jobs = json::array();
  for (const Network& network : networks()) {
    INFO(network.model);
    const std::string file = place / fmt::format("{}.onnx", expected.size());
    expected.push_back(make(place, network, file));
    jobs.push_back({{"model", file},
                    {"window", window},
                    {"features", 2},
                    {"values", windows},
                    {"batches", {1, 7, 64}}});
  }
  const json results = run_node(place, jobs);
  REQUIRE(results.size() == jobs.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(networks()[i].model);
    INFO(networks()[i].regularizers);
    CHECK(results[i]["inputs"] == json{"window"});
    CHECK(results[i]["outputs"].size() == expected[i].size());
    REQUIRE(expected[i].at("forecast").size() == windows.size() / (2 * window) * outputs);
    for (const json& batches : results[i]["forecasts"]) {
      for (const auto& [name, values] : expected[i]) {
        INFO(name);
        CHECK(difference(batches.at(name), values) < 1e-5);
        // Forecasts of other windows are told apart.
        CHECK(difference(batches.at(name), values, outputs) > 1e-3);
      }
    }
  }
}
