#include "apps/run/exported_model.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "core/atomic_file.h"
#include "core/safetensors.h"
#include "models/registry.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

using namespace espalier;
using namespace espalier::test;

namespace {

/// A run directory as far as export reads it: a GRU of two layers, all weights 0.
std::string write_run(const TemporaryFolder& folder) {
  const std::string run = folder / "run";
  std::filesystem::create_directories(run + "/model");
  write_file_atomically(run + "/config.resolved.json", "{}");
  write_file_atomically(run + "/metrics.json", "{}");
  write_file_atomically(run + "/model/config.json", R"({
    "format": 1, "model": "gru", "settings": {"hidden": 3, "layers": 2}, "protocol": "honest",
    "window": 4, "horizon": 2, "time": [],
    "features": [{"column": "a", "mean": 1, "deviation": 2},
                 {"column": "b", "mean": 0, "deviation": 1}],
    "target": {"column": "b", "mean": 0, "deviation": 1}})");
  Settings settings;
  settings.set("hidden", std::int64_t{3});
  settings.set("layers", std::int64_t{2});
  const auto model = make_model("gru", settings, {.window = 4, .features = 2, .horizon = 2});
  save_parameters(run + "/model/model.safetensors", model->parameters());
  return run;
}

}  // namespace

TEST_CASE("a compacted model comes back from its file as it went in") {
  const TemporaryFolder folder;
  TrainedModel trained = load_run_model(write_run(folder));
  CHECK(trained.shape.own_past == std::vector<std::int64_t>{1});
  CHECK(trained.shape.horizon == 2);
  trained.model = trained.model->compacted();
  REQUIRE(trained.model != nullptr);
  trained.model->initialise(RandomKey(1));
  const std::string file = folder / "model.safetensors";
  write_exported_model(file, trained, trained.model->layer_sizes());
  const TrainedModel back = load_exported_model(file);
  CHECK(back.type == "gru");
  CHECK(back.settings.integer("hidden") == 3);
  CHECK(back.description == trained.description);
  CHECK(back.model->layer_sizes() == trained.model->layer_sizes());
  CHECK(
      std::ranges::equal(back.model->parameters().values(), trained.model->parameters().values()));
}

TEST_CASE("files that don't say how to build the model are refused") {
  const TemporaryFolder folder;
  const TrainedModel trained = load_run_model(write_run(folder));
  const std::string file = folder / "model.safetensors";
  const auto loading = [&file] { load_exported_model(file); };
  save_parameters(file, trained.model->parameters());
  CHECK(wrong_error(loading, {file, "espalier export"}) == "");
  save_parameters(file, trained.model->parameters(),
                  {{"config", trained.description}, {"sizes", "[3]"}});
  CHECK(wrong_error(loading, {file, "layer sizes"}) == "");
  save_parameters(file, trained.model->parameters(),
                  {{"config", trained.description}, {"sizes", R"({"hidden": [3]})"}});
  CHECK(wrong_error(loading, {file, "hidden", "2"}) == "");
  save_parameters(file, trained.model->parameters(), {{"config", "gru"}, {"sizes", "{}"}});
  CHECK(wrong_error(loading, {file, "damaged"}) == "");
}
