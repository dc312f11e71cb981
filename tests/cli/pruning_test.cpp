// Choices of the pruning family, as a config gives them.
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/small_run.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

/// The scores that a run of the small config (100 prunable weights) with this regularizer leaves.
json metrics_of(const TemporaryFolder& folder, const std::string& regularizer) {
  const Outcome outcome = run({"train", "config.json", "--force", "--quiet", "--out", "run", "-o",
                               "train.epochs=5", "-o", "regularizers=[" + regularizer + "]"},
                              {.folder = folder.path()});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return json::parse(read_text(folder / "run/metrics.json"));
}

}  // namespace

TEST_CASE("arms of a comparison of pruning methods end at the sparsity they are set to") {
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  const std::vector<std::pair<std::string, int>> arms{
      {R"({"type": "pruning"})", 70},
      {R"({"type": "pruning", "schedule": "one_shot"})", 70},
      {R"({"type": "pruning", "criterion": "random"})", 70},
      {R"({"type": "pruning", "criterion": "movement", "max_sparsity": 0.5})", 50},
      {R"({"type": "pruning", "regrowth": "gradient", "when": "epoch"})", 70},
      // Rows of 4, 2 and 4 weights: half of each.
      {R"({"type": "pruning", "grain": "n_m"})", 50},
      // Four units of 24 weights, and an output of 4: 3 of the 5 go, the output by its floor not.
      {R"({"type": "pruning", "grain": "neuron"})", 72},
      // ⌊0.7·n⌋ of 32, 64 and 4
      {R"({"type": "pruning", "scope": "layer"})", 22 + 44 + 2},
  };
  json forecasts = json::array();
  for (const auto& [regularizer, pruned] : arms) {
    INFO(regularizer);
    const json metrics = metrics_of(folder, regularizer);
    CHECK(metrics["pruned"] == pruned);
    CHECK(metrics["prunable"] == 100);
    for (const json& other : forecasts) CHECK(metrics["test"] != other);
    forecasts.push_back(metrics["test"]);
  }
}

TEST_CASE("heads of a model that has none are refused, and choices that exclude each other") {
  const TemporaryFolder folder;
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  const auto error_of = [&folder](const std::string& regularizer) {
    const Outcome outcome =
        run({"check", "config.json", "-o", "regularizers=[" + regularizer + "]"},
            {.folder = folder.path()});
    CHECK(outcome.exit_code == 2);
    return outcome.err;
  };
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(contains(error_of(R"({"type": "pruning", "grain": "head"})"), "this model has none"));
  CHECK(contains(error_of(R"({"type": "pruning", "grain": "n_m", "max_sparsity": 0.5})"),
                 "leave max_sparsity out"));
  CHECK(contains(error_of(R"({"type": "pruning", "warmup_epochs": 3})"), "don't fit"));
}
