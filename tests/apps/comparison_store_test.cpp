// Results of trials come back as they were kept, and only to the trial that they belong to.

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/trial_store.h"
#include "core/atomic_file.h"
#include "tests/apps/small_comparison.h"

namespace espalier {
namespace {

using nlohmann::json;

/// A comparison of two blocks and two arms beside its data.
struct Place {
  testing::ScratchFolder folder;
  Catalogue catalogue = testing::two_models();

  Place() {
    folder.write("rows.csv", "y\n1\n2\n");
    folder.write("start.bin", "weights");
  }

  Comparison comparison(const testing::Texts& overrides = {}) const {
    const std::string text = R"({"seed": 5, "trials": 2, "model": {"type": "lstm"},
      "data": {"path": ")" + (folder / "rows.csv") +
                             R"(", "target": "y"},
      "grid": {"data.window": [3, 4]}, "train": {"epochs": 6},
      "arms": {"none": [], "light": [{"type": "dropout", "rate": 0.25}]}})";
    return parse_comparison(text, folder / "test.json", overrides, {}, catalogue);
  }
  std::string out() const { return folder / "out"; }
  std::string trial(const std::string& file) const {
    return folder / ("out/trials/rows-lstm-4/light/1/" + file);
  }

  std::optional<TrialResult> load(const testing::Texts& overrides = {},
                                  const TrialKey& key = {1, 1, 1}) const {
    const Comparison now = comparison(overrides);
    return TrialStore(now, catalogue).load(out(), key);
  }
  void save(const TrialResult& result) const {
    const Comparison now = comparison();
    TrialStore(now, catalogue).save(out(), {1, 1, 1}, result);
  }
  /// The message where loading is refused; empty where it isn't.
  std::string refusal(const testing::Texts& overrides = {}) const {
    try {
      load(overrides);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
};

TrialResult result() {
  return {.metrics = {{"mae", "mae", "", 0.1},
                      {"rmse", "rmse", "", 0.7},
                      {"scaled_mae", "scaled_mae", "", 1e-9},
                      {"scaled_mse", "scaled_mse", "", 1.0 / 3}},
          .sparsity = 0.7000000000000001,
          .scored_epoch = 1,
          .epochs = {{0.5, 0.25, 0, 0.001}, {1e-300, 0.125, 0.7000000000000001, 2}},
          .shown_forecasts = {1.5, -0.1, 3e10},
          .seconds = 2.125};
}

void check_equal(const TrialResult& a, const TrialResult& b) {
  CHECK(a.failure == b.failure);
  REQUIRE(a.metrics.size() == b.metrics.size());
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    CHECK(a.metrics[i].id == b.metrics[i].id);
    CHECK(a.metrics[i].value == b.metrics[i].value);
  }
  CHECK(a.sparsity == b.sparsity);
  CHECK(a.scored_epoch == b.scored_epoch);
  REQUIRE(a.epochs.size() == b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    CHECK(a.epochs[i].train_loss == b.epochs[i].train_loss);
    CHECK(a.epochs[i].validation_loss == b.epochs[i].validation_loss);
    CHECK(a.epochs[i].sparsity == b.epochs[i].sparsity);
    CHECK(a.epochs[i].seconds == b.epochs[i].seconds);
  }
  CHECK(a.shown_forecasts == b.shown_forecasts);
  CHECK(a.seconds == b.seconds);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a result comes back to the last bit") {
  const Place place;
  CHECK_FALSE(place.load().has_value());
  place.save(result());
  const std::optional<TrialResult> loaded = place.load();
  REQUIRE(loaded.has_value());
  check_equal(*loaded, result());
  // Each trial has a folder of its own.
  for (const TrialKey& other : {TrialKey{0, 1, 1}, TrialKey{1, 0, 1}, TrialKey{1, 1, 0}}) {
    CHECK_FALSE(place.load({}, other).has_value());
  }
  const json kept = json::parse(read_file(place.trial("result.json")));
  CHECK(kept["block"] == "rows-lstm-4");
  CHECK(kept["arm"] == "light");
  CHECK(kept["trial"] == 1);
  CHECK(kept["seed"] == 6);
  CHECK_FALSE(has(kept.dump(), "seconds"));
  const json run = json::parse(read_file(place.trial("config.json")));
  CHECK(run["seed"] == 6);
  CHECK(run["data"]["window"] == 4);
  CHECK(run["regularizers"][0]["rate"] == 0.25);
}

TEST_CASE("a failure comes back with its reason") {
  const Place place;
  place.save({.failure = "it \"broke\",\nbadly \xff"});
  const std::optional<TrialResult> loaded = place.load();
  REQUIRE(loaded.has_value());
  CHECK(loaded->failed());
  CHECK(loaded->failure.starts_with("it \"broke\",\nbadly "));
  // The later attempt counts.
  place.save(result());
  CHECK_FALSE(place.load()->failed());
}

TEST_CASE("a result that is damaged, cut or half gone is none") {
  const Place place;
  const auto cut = [&place](const std::string& file, const std::string& text) {
    place.folder.write("out/trials/rows-lstm-4/light/1/" + file, text);
  };
  for (const char* file : {"result.json", "timing.json"}) {
    place.save(result());
    const std::string text = read_file(place.trial(file));
    for (std::size_t length = 0; length < text.size() - 1; ++length) {
      CAPTURE(length);
      cut(file, text.substr(0, length));
      REQUIRE_FALSE(place.load().has_value());
    }
    for (const char* other :
         {"[]", "5", "null", "\"x\"", "{}", "\xff\xfe", "{\"fingerprint\": 1}"}) {
      CAPTURE(other);
      cut(file, other);
      CHECK_FALSE(place.load().has_value());
    }
    std::filesystem::remove(place.trial(file));
    CHECK_FALSE(place.load().has_value());
  }
  place.save(result());
  json damaged = json::parse(read_file(place.trial("result.json")));
  for (const char* key : {"test", "sparsity", "scored_epoch", "train_loss", "validation_loss",
                          "sparsities", "shown_forecasts"}) {
    CAPTURE(key);
    json changed = damaged;
    changed[key] = "text";
    cut("result.json", changed.dump());
    CHECK_FALSE(place.load().has_value());
  }
  json longer = damaged;
  longer["train_loss"].push_back(0.5);
  cut("result.json", longer.dump());
  CHECK_FALSE(place.load().has_value());
  json shorter = damaged;
  shorter["train_loss"].erase(1);
  cut("result.json", shorter.dump());
  CHECK_FALSE(place.load().has_value());
  cut("result.json", damaged.dump());
  CHECK(place.load().has_value());
}

TEST_CASE("a result of another config is refused with the first difference") {
  const Place place;
  place.save(result());
  const std::string epochs = place.refusal({"train.epochs=7"});
  CHECK(has(epochs, "rows-lstm-4/light/1"));
  CHECK(has(epochs, "\"epochs\": 6, there, \"epochs\": 7, now"));
  CHECK(has(epochs, "--force"));
  CHECK(has(place.refusal({"arms.light.0.rate=0.5"}), "\"rate\": 0.25 there, \"rate\": 0.5 now"));
  CHECK(has(place.refusal({"seed=6"}), "\"seed\": 6, there, \"seed\": 7, now"));
  CHECK(has(place.refusal({"protocol=author", "data.split=[0.8, 0.2]"}), "\"protocol\""));
  // What isn't the trial's makes no other of it.
  CHECK(place.refusal() == "");
  CHECK(place.refusal({"name=other", "question=why?", "reference=light", "trials=9"}) == "");
  CHECK(place.refusal({"arms.none=[{\"type\": \"none\"}]", "grid.data.window=[3, 4, 5]"}) == "");
}

TEST_CASE("other data are refused, wherever they are; the same data are taken from anywhere") {
  const Place place;
  place.save(result());
  std::filesystem::create_directories(place.folder / "there");
  const std::string same = place.folder.write("there/rows.csv", "y\n1\n2\n");
  const std::string other = place.folder.write("there/other.csv", "y\n1\n3\n");
  // Blocks are named after the file.
  const std::string grid = "grid.data={\"rows\": {\"path\": \"";
  CHECK(place.refusal({grid + same + "\"}}"}) == "");
  check_equal(*place.load({grid + same + "\"}}"}, {1, 1, 1}), result());
  CHECK(has(place.refusal({grid + other + "\"}}"}),
            "other data or initial weights than now lie in " + other));
  CHECK(has(place.refusal({grid + same + "\"}}", "train.epochs=7"}), "\"epochs\": 6, there"));
  place.folder.write("rows.csv", "y\n1\n2\n3\n");
  CHECK(has(place.refusal(), "other data or initial weights"));
  CHECK(place.refusal({grid + same + "\"}}"}) == "");
}

TEST_CASE("initial weights count by what the file holds") {
  const Place place;
  const testing::Texts from{"train.init_from=" + (place.folder / "start.bin")};
  const Comparison comparison = place.comparison(from);
  TrialStore(comparison, place.catalogue).save(place.out(), {1, 1, 1}, result());
  CHECK(place.refusal(from) == "");
  CHECK(has(place.refusal(), "init_from"));
  place.folder.write("start.bin", "other weights");
  CHECK(has(place.refusal(from), "was run with"));
}

}  // namespace
}  // namespace espalier
