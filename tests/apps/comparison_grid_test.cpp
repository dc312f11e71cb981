// What a comparison's config means: its blocks, its arms, and the run that each trial is.

#include <string>

#include <doctest/doctest.h>

#include "tests/apps/small_comparison.h"

namespace espalier {
namespace {

using testing::block_names;
using testing::read_text;
using testing::Texts;

const std::string every_key = R"({
  "name": "whole",
  "seed": 7,
  "trials": 3,
  "reference": "light",
  "question": "Does it help?",
  "data": {"path": "rows.csv", "target": "y", "horizon": 2},
  "model": {"type": "lstm", "hidden": 8},
  "grid": {
    "model": {"wide": {"hidden": 16}, "other": {"type": "gru"}},
    "data": [{"path": "rows.csv"}, {"path": "more.csv", "rows": 50}],
    "data.window": [7, 3]
  },
  "arms": {
    "z": [],
    "light": [{"type": "dropout", "rate": 0.1}],
    "a": {
      "wide": [{"type": "dropout", "rate": 0.2}],
      "other": [{"type": "none"}, {"type": "dropout", "rate": 0.4}]
    }
  }
})";

const Config& config_of(const Comparison& comparison, std::size_t block, std::size_t arm) {
  return comparison.configs[block * comparison.arms.size() + arm];
}

TEST_CASE("the grid's axes, values and arms keep the order of the file, the last axis fastest") {
  const Comparison comparison = read_text(every_key);
  CHECK(comparison.name == "whole");
  CHECK(comparison.question == "Does it help?");
  CHECK(comparison.seed == 7);
  CHECK(comparison.trials == 3);
  CHECK(comparison.arms == Texts{"z", "light", "a"});
  CHECK(comparison.reference == 1);
  CHECK(comparison.other_axes == Texts{});
  CHECK(block_names(comparison) == Texts{"rows-wide-7", "rows-wide-3", "more-wide-7", "more-wide-3",
                                         "rows-other-7", "rows-other-3", "more-other-7",
                                         "more-other-3"});
  CHECK(comparison.configs.size() == 24);
  CHECK(comparison.trial_count() == 72);
  const Block& last = comparison.blocks.back();
  CHECK(last.dataset == "more");
  CHECK(last.model == "other");
  CHECK(last.window == 3);
}

TEST_CASE("objects of the grid are merged over the section, other values replace") {
  const Comparison comparison = read_text(every_key);
  const Config& first = config_of(comparison, 0, 0);
  CHECK(first.model.type == "lstm");
  CHECK(first.model.settings.integer("hidden") == 16);
  CHECK(first.data.window == 7);
  CHECK(first.data.horizon == 2);
  CHECK_FALSE(first.data.rows.has_value());
  const Config& last = config_of(comparison, 7, 0);
  CHECK(last.model.type == "gru");
  CHECK(last.model.settings.integer("hidden") == 8);
  CHECK(last.data.window == 3);
  CHECK(last.data.horizon == 2);
  CHECK(last.data.rows == 50);
  CHECK(last.data.targets == Texts{"y"});
}

TEST_CASE("a null of the grid is a value, as it is elsewhere in a config") {
  const Comparison comparison = read_text(R"({
    "data": {"path": "rows.csv", "target": "y", "season": 12}, "model": {"type": "lstm"},
    "grid": {"train": {"stops": {"patience": 4}, "never": {"patience": null}},
             "data": {"seasonal": {}, "plain": {"season": null}}, "data.rows": [null, 9]},
    "arms": {"none": []}})");
  REQUIRE(comparison.blocks.size() == 8);
  CHECK(config_of(comparison, 0, 0).train.patience == 4);
  CHECK_FALSE(config_of(comparison, 4, 0).train.patience.has_value());
  CHECK(config_of(comparison, 0, 0).data.season == 12);
  CHECK_FALSE(config_of(comparison, 2, 0).data.season.has_value());
  CHECK_FALSE(config_of(comparison, 0, 0).data.rows.has_value());
  CHECK(config_of(comparison, 1, 0).data.rows == 9);
}

TEST_CASE("an arm has one list for all models, or one for each") {
  const Comparison comparison = read_text(every_key);
  for (std::size_t block = 0; block < 8; ++block) {
    CAPTURE(block);
    CHECK(config_of(comparison, block, 0).regularizers.empty());
    REQUIRE(config_of(comparison, block, 1).regularizers.size() == 1);
    CHECK(config_of(comparison, block, 1).regularizers[0].settings.number("rate") == 0.1);
    const std::vector<ComponentConfig>& third = config_of(comparison, block, 2).regularizers;
    REQUIRE(third.size() == (block < 4 ? 1 : 2));
    CHECK(third.back().type == "dropout");
    CHECK(third.back().settings.number("rate") == (block < 4 ? 0.2 : 0.4));
  }
}

TEST_CASE("without an axis of models an arm's lists go by the model's type") {
  const std::string start = R"({"data": {"path": "rows.csv", "target": "y"},
    "arms": {"a": {"lstm": [{"type": "dropout", "rate": 0.2}], "gru": []}},)";
  const Comparison base = read_text(start + R"("model": {"type": "lstm"}})");
  REQUIRE(base.blocks.size() == 1);
  CHECK(base.blocks[0].name == "rows-lstm-30");
  CHECK(config_of(base, 0, 0).regularizers.size() == 1);
  const Comparison types = read_text(start + R"("grid": {"model.type": ["gru", "lstm"]}})");
  CHECK(block_names(types) == Texts{"rows-gru-30", "rows-lstm-30"});
  CHECK(config_of(types, 0, 0).regularizers.empty());
  CHECK(config_of(types, 1, 0).regularizers.size() == 1);
}

TEST_CASE("other axes are named in the order of the grid, and stand in the blocks' names") {
  const Comparison comparison = read_text(R"({
    "data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"},
    "grid": {"optimizer.lr": [0.1, 1e-3], "data.window": [5],
             "train": {"short run": {"epochs": 2}, "long": {"epochs": 9, "batch": 3}},
             "lr_schedules": {"flat": [], "steps": [{"type": "step"}]}},
    "arms": {"none": []}})");
  CHECK(comparison.other_axes == Texts{"optimizer.lr", "train", "lr_schedules"});
  REQUIRE(comparison.blocks.size() == 8);
  CHECK(comparison.blocks[0].name == "rows-lstm-5-0.1-short_run-flat");
  CHECK(comparison.blocks[0].others == Texts{"0.1", "short run", "flat"});
  CHECK(comparison.blocks[7].name == "rows-lstm-5-0.001-long-steps");
  CHECK(config_of(comparison, 0, 0).optimizer.settings.number("lr") == 0.1);
  CHECK(config_of(comparison, 0, 0).train.epochs == 2);
  CHECK(config_of(comparison, 0, 0).lr_schedules.empty());
  CHECK(config_of(comparison, 7, 0).optimizer.settings.number("lr") == 0.001);
  CHECK(config_of(comparison, 7, 0).train.epochs == 9);
  CHECK(config_of(comparison, 7, 0).train.batch == 3);
  CHECK(config_of(comparison, 7, 0).lr_schedules.size() == 1);
}

TEST_CASE("a place within a list is varied by its index") {
  const Comparison comparison = read_text(R"({
    "data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"},
    "lr_schedules": [{"type": "step"}],
    "grid": {"lr_schedules.0.gamma": [0.5, 0.25]}, "arms": {"none": []}})");
  REQUIRE(comparison.blocks.size() == 2);
  CHECK(config_of(comparison, 0, 0).lr_schedules.at(0).settings.number("gamma") == 0.5);
  CHECK(config_of(comparison, 1, 0).lr_schedules.at(0).settings.number("gamma") == 0.25);
}

TEST_CASE("labels of paths tell files of one name apart") {
  const testing::ScratchFolder folder;
  std::filesystem::create_directories(folder / "one");
  std::filesystem::create_directories(folder / "two");
  const std::string one = folder.write("one/rows.csv", "y\n1\n");
  const std::string two = folder.write("two/rows.csv", "y\n1\n");
  const auto names = [](const std::string& paths) {
    return block_names(read_text(R"({"data": {"target": "y"}, "model": {"type": "lstm"},
      "arms": {"none": []}, "grid": {"data.path": )" +
                                 paths + "}}"));
  };
  CHECK(names(R"({"first": ")" + one + R"(", "second": ")" + two + R"("})") ==
        Texts{"first-lstm-30", "second-lstm-30"});
  CHECK(names("[\"" + one + "\"]") == Texts{"rows-lstm-30"});
}

TEST_CASE("no grid is a single block, and everything else has its default") {
  const Comparison comparison = read_text(
      R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"},
          "arms": {"none": [], "b": [{"type": "dropout"}]}})");
  CHECK(block_names(comparison) == Texts{"rows-lstm-30"});
  CHECK(comparison.name == "test");
  CHECK(comparison.trials == 5);
  CHECK(comparison.reference == 0);
  CHECK(comparison.question == "");
  CHECK(comparison.seed == 42);
  CHECK(comparison.protocol == Protocol::honest);
}

TEST_CASE("the command line reaches keys with dots, entries of arms, and what isn't there yet") {
  const Comparison comparison =
      read_text(every_key, {"grid.data.window=[9]", "arms.light.0.rate=0.5", "trials=2",
                            R"(arms.m=[{"type": "none"}])", "arms.b=[]",
                            R"(grid.train={"long": {"epochs": 5}, "brief": {"epochs": 4}})",
                            "reference=null"});
  CHECK(comparison.trials == 2);
  CHECK(comparison.reference == 0);
  CHECK(comparison.arms == Texts{"z", "light", "a", "b", "m"});
  REQUIRE(comparison.blocks.size() == 8);
  CHECK(comparison.blocks[0].name == "rows-wide-9-brief");
  CHECK(comparison.blocks[1].name == "rows-wide-9-long");
  CHECK(comparison.other_axes == Texts{"train"});
  CHECK(config_of(comparison, 1, 0).train.epochs == 5);
  CHECK(config_of(comparison, 0, 1).regularizers.at(0).settings.number("rate") == 0.5);
  CHECK(config_of(comparison, 0, 4).regularizers.at(0).type == "none");
}

TEST_CASE("--only keeps a part, in the order of the file") {
  const Comparison part = read_text(every_key, {}, {"data=more", "arms=a,light", "model=other"});
  CHECK(part.arms == Texts{"light", "a"});
  CHECK(part.reference == 0);
  CHECK(block_names(part) == Texts{"more-other-7", "more-other-3"});
  CHECK(block_names(read_text(every_key, {}, {"data.window=3", "model=wide"})) ==
        Texts{"rows-wide-3", "more-wide-3"});
}

TEST_CASE("what --only leaves out isn't looked at") {
  const std::string bad = R"({"model": {"type": "lstm"}, "data": {"target": "y"},
    "grid": {"data": {"good": {"path": "rows.csv"}, "bad": {"path": "nowhere.csv"}}},
    "arms": {"none": [], "wrong": [{"type": "nonsense"}]}})";
  CHECK(testing::errors_in(bad).size() == 2);
  CHECK(testing::errors_in(bad, {}, {"data=good"}).size() == 1);
  CHECK(testing::errors_in(bad, {}, {"data=good", "arms=none"}).empty());
}

TEST_CASE("trial t is the block's and arm's run with seed + t, and a name of its own") {
  const Comparison comparison = read_text(every_key);
  const Config first = trial_config(comparison, {0, 1, 0});
  CHECK(first.seed == 7);
  CHECK(first.name == "rows-wide-7-light-0");
  const Config third = trial_config(comparison, {3, 2, 2});
  CHECK(third.seed == 9);
  CHECK(third.name == "more-wide-3-a-2");
  CHECK(third.data.window == 3);
  CHECK(third.regularizers.at(0).settings.number("rate") == 0.2);
  CHECK(trial_name(comparison, {3, 2, 2}) == "more-wide-3/a/2");
  // Weights and batches are drawn from the seed: it mustn't depend on block or arm.
  for (std::size_t block = 0; block < 8; ++block) {
    for (std::size_t arm = 0; arm < 3; ++arm) {
      CHECK(trial_config(comparison, {block, arm, 1}).seed == 8);
    }
  }
}

}  // namespace
}  // namespace espalier
