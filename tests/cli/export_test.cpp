// espalier export: from a run to a smaller model that forecasts the same.
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "models/registry.h"
#include "tests/cli/bad_input.h"
#include "tests/support/random_forecasts.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

const ForecastShape shape{.window = 5, .features = 2, .own_past = {0}};

/// The small config's run with three of its four units pruned, and others with other settings.
struct ExportPlace {
  TemporaryFolder folder;

  ExportPlace() {
    write_text(folder / "config.json", small_config);
    write_text(folder / "data.csv", small_csv());
  }
  std::string operator/(const std::string& name) const { return folder / name; }

  Outcome espalier(const std::vector<std::string>& arguments) const {
    return run(arguments, {.folder = folder.path()});
  }
  void train(const std::string& regularizers) const {
    const Outcome outcome = espalier({"train", "config.json", "--out", "run", "--quiet", "--force",
                                      "-o", "regularizers=" + regularizers});
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  json exported(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"export", "run",       "--output", "model.safetensors",
                                       "--json", "--seconds", "0.001"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = espalier(arguments);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return json::parse(outcome.out);
  }
};

std::unique_ptr<Model> small_lstm(const LayerSizes& sizes, const std::string& weights) {
  Settings settings;
  settings.set("hidden", std::int64_t{4});
  settings.set("layers", std::int64_t{1});
  auto model = make_model("lstm", settings, shape, sizes);
  load_parameters(weights, model->parameters());
  return model;
}

std::vector<real> forecasts(const Model& model) {
  return random_forecasts(model, shape, 20, 1);
}

const std::string prune_neurons = R"([{"type": "pruning", "grain": "neuron", "warmup_epochs": 1}])";

}  // namespace

TEST_CASE("the export of a run that pruned neurons is smaller and forecasts the same") {
  const ExportPlace place;
  place.train(prune_neurons);
  const json told = place.exported();
  CHECK(told["format"] == "safetensors");
  CHECK(told["before"]["sizes"]["hidden"] == json{4});
  CHECK(told["after"]["sizes"]["hidden"] == json{1});
  // 4 gates of 4 units with 2 + 4 weights and 2 biases, then 4 weights and a bias.
  CHECK(told["before"]["parameters"] == 16 * (2 + 4 + 2) + 5);
  // One unit; a hidden bias for each of 5 steps.
  CHECK(told["after"]["parameters"] == 4 * (2 + 1 + 1 + 5) + 2);
  CHECK(told["after"]["forecast_us"] > 0);

  const std::string file = place / "model.safetensors";
  const Safetensors stored = Safetensors::read(file);
  const auto sizes = json::parse(stored.metadata.at("sizes")).get<LayerSizes>();
  CHECK(json(sizes) == told["after"]["sizes"]);
  CHECK(json::parse(stored.metadata.at("config")) ==
        json::parse(read_text(place / "run/model/config.json")));
  const auto full = small_lstm({}, place / "run/model/model.safetensors");
  const auto compacted = small_lstm(sizes, file);
  CHECK(difference(forecasts(*compacted), forecasts(*full), 1e-6) == "");
}

TEST_CASE("dense, or with nothing dead, the export holds all weights as they are") {
  const ExportPlace place;
  const auto check_whole = [&place](const json& told) {
    CHECK(told["before"]["parameters"] == told["after"]["parameters"]);
    const Safetensors stored = Safetensors::read(place / "model.safetensors");
    const Safetensors of_run = Safetensors::read(place / "run/model/model.safetensors");
    CHECK(stored.metadata.at("sizes") == "{}");
    REQUIRE(stored.entries.size() == of_run.entries.size());
    for (const auto& [name, entry] : of_run.entries) {
      CHECK(stored.entries.at(name).shape == entry.shape);
      CHECK(stored.entries.at(name).bytes == entry.bytes);
    }
  };
  place.train("[]");
  check_whole(place.exported());
  place.train(prune_neurons);
  check_whole(place.exported({"--dense"}));
}

TEST_CASE("people are told in words what goes") {
  const ExportPlace place;
  place.train(prune_neurons);
  const Outcome outcome =
      place.espalier({"export", "run", "--output", "m.safetensors", "--seconds", "0.001"});
  CHECK(outcome.exit_code == 0);
  for (const char* part : {"layer 0 hidden: 4 → 1\n", "parameters: 133 → 38\n", "m.safetensors"}) {
    INFO(outcome.out);
    CHECK(outcome.out.find(part) != std::string::npos);
  }
}

TEST_CASE("what can't be exported is told in one line") {
  const ExportPlace place;
  const auto outcome = [&place](const std::string& run, const std::string& output) {
    return place.espalier({"export", run, "--output", output, "--seconds", "0.001"});
  };
  CHECK(fault_of(outcome("nowhere", "m"), usage_wrong, {"nowhere", "no run directory"}) == "");
  CHECK(fault_of(place.espalier({"export", "run"}), usage_wrong, {"--output"}) == "");
  CHECK(fault_of(place.espalier({"export", "run", "--to", "keras", "--output", "m"}), usage_wrong,
                 {"--to", "keras", "safetensors", "onnx"}) == "");
  place.train("[]");
  CHECK(fault_of(outcome("run", "nowhere/m"), usage_wrong, {"nowhere/m", "no folder"}) == "");
  CHECK(fault_of(place.espalier({"export", "run", "--to", "onnx", "--output", "nowhere/m"}),
                 usage_wrong, {"nowhere/m", "no folder"}) == "");
  const std::string weights = read_text(place / "run/model/model.safetensors");
  write_text(place / "run/model/model.safetensors", weights.substr(0, 100));
  CHECK(fault_of(outcome("run", "m"), run_failed, {"model.safetensors"}) == "");
  write_text(place / "run/model/model.safetensors", weights);
  write_text(place / "run/model/config.json", "{}");
  CHECK(fault_of(outcome("run", "m"), run_failed, {"model/config.json", "damaged"}) == "");
  std::filesystem::remove(place / "run/metrics.json");
  CHECK(fault_of(outcome("run", "m"), usage_wrong, {"run", "isn't finished", "--resume"}) == "");
  CHECK_FALSE(exists(place / "m"));
}

TEST_CASE("an ONNX file comes with the same words, and twice with the same bytes") {
  const ExportPlace place;
  place.train(prune_neurons);
  const auto write = [&place](const std::string& file) {
    const Outcome outcome =
        place.espalier({"export", "run", "--to", "onnx", "--output", file, "--seconds", "0.001"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err == "");
    INFO(outcome.out);
    CHECK(outcome.out.find("layer 0 hidden: 4 → 1\n") != std::string::npos);
    return read_text(place / file);
  };
  CHECK(write("a.onnx") == write("b.onnx"));
}

TEST_CASE("where a regularizer takes part in forecasts, the export says so") {
  const ExportPlace place;
  for (const char* type : {"zoneout", "mc_dropout"}) {
    place.train(fmt::format(R"([{{"type": "{}"}}])", type));
    const Outcome outcome =
        place.espalier({"export", "run", "--output", "m", "--seconds", "0.001"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.find("note: a regularizer") == 0);
  }
}

TEST_CASE("training goes on from weights that come from PyTorch") {
  const ExportPlace place;
  const std::string from_torch = ESPALIER_SOURCE_DIR "/tests/golden/twin/gru.safetensors";
  write_text(place / "data.csv", [] {
    std::string text = "date,c,a,b\n";
    for (int row = 0; row < 60; ++row) {
      text += fmt::format("{},{},{},{}\n", small_date(row), row % 5, row % 7, row % 3);
    }
    return text;
  }());
  // So small a step leaves the weights as they were read.
  const Outcome outcome = place.espalier(
      {"train", "config.json", "--out", "run", "--quiet", "-o", "data.window=7", "-o",
       "data.horizon=3", "-o", R"(data.target=["c", "a"])", "-o", "regularizers=[]", "-o",
       R"(model={"type": "gru", "hidden": 3, "layers": 2})", "-o", "optimizer.lr=1e-30", "-o",
       "train.init_from=" + json(from_torch).dump()});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const Safetensors made = Safetensors::read(from_torch);
  const Safetensors kept = Safetensors::read(place / "run/model/model.safetensors");
  REQUIRE(made.entries.size() == kept.entries.size());
  for (const auto& [name, entry] : made.entries) {
    INFO(name);
    CHECK(kept.entries.at(name).bytes == entry.bytes);
  }
}
