#include "apps/config/read_config.h"

#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/resolved.h"
#include "apps/config/sections.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

const std::string smallest =
    R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"}})";

Config parse(const testing::ScratchFolder& folder, const std::string& text,
             const Texts& overrides = {}) {
  folder.write("rows.csv", "y\n1\n");
  return parse_config(text, folder / "run.json", overrides, testing::small_catalogue());
}

std::string file_error(const std::string& path) {
  try {
    read_config(path, {}, testing::small_catalogue());
    return "no error";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST_CASE("what a config leaves out has its default") {
  const testing::ScratchFolder folder;
  const Config config = parse(folder, smallest);
  CHECK(config.name == "run");
  CHECK(config.seed == 42);
  CHECK(config.protocol == Protocol::honest);
  CHECK(config.data.path == folder / "rows.csv");
  CHECK(config.data.time.empty());
  CHECK(config.data.targets == Texts{"y"});
  CHECK_FALSE(config.data.features);
  CHECK(config.data.window == 30);
  CHECK(config.data.horizon == 1);
  CHECK(config.data.split == std::vector<double>{0.7, 0.1, 0.2});
  CHECK(config.data.scale == "standard");
  CHECK(config.data.missing == "error");
  CHECK(config.data.missing_markers == Texts{"", "NA", "N/A", "NaN", "nan", "null"});
  CHECK_FALSE(config.data.delimiter);
  CHECK_FALSE(config.data.decimal);
  CHECK_FALSE(config.data.date_order);
  CHECK_FALSE(config.data.season);
  CHECK_FALSE(config.data.rows);
  CHECK(config.model.type == "lstm");
  CHECK(config.model.settings.integer("hidden") == 64);
  CHECK(config.optimizer.type == "adam");
  CHECK(config.optimizer.settings.number("lr") == 0.001);
  CHECK(config.lr_schedules.empty());
  CHECK(config.regularizers.empty());
  CHECK(config.train.epochs == 20);
  CHECK(config.train.batch == 64);
  CHECK(config.train.patience == 3);
  CHECK(config.train.shuffle);
  CHECK(config.train.loss == "mse");
  CHECK(config.train.restore_best);
  CHECK_FALSE(config.train.init_from);
}

TEST_CASE("the author protocol has defaults of its own") {
  const testing::ScratchFolder folder;
  const Config config =
      parse(folder, smallest, {"protocol=author", "regularizers=[{\"type\": \"dropout\"}]"});
  CHECK(config.protocol == Protocol::author);
  CHECK(config.data.split == std::vector<double>{0.8, 0.2});
  CHECK_FALSE(config.train.restore_best);
  CHECK(config.regularizers.at(0).settings.number("rate") == 0.3);
}

TEST_CASE("values as written, with comments and a $schema") {
  const testing::ScratchFolder folder;
  const Config config = parse(folder, R"(// one run
    {"$schema": "./schema.json", "name": "mine", "seed": 7, /* all of it: */
     "data": {"path": "rows.csv", "target": "y", "time": "day", "features": ["x", "y"],
              "window": 3.0, "missing_markers": [], "delimiter": "\t", "decimal": ",",
              "season": 24, "rows": null},
     "model": {"type": "lstm", "layers": 2},
     "optimizer": {"type": "adam", "lr": 1},
     "lr_schedules": [{"type": "step"}, {"type": "step", "gamma": 0.5}],
     "regularizers": [{"type": "none"}, {"type": "dropout", "rate": 0.25}],
     "train": {"patience": null, "shuffle": false, "loss": "mae"}})");
  CHECK(config.name == "mine");
  CHECK(config.seed == 7);
  CHECK(config.data.time == Texts{"day"});
  CHECK(config.data.features == Texts{"x", "y"});
  CHECK(config.data.window == 3);
  CHECK(config.data.missing_markers.empty());
  CHECK(config.data.delimiter == "\t");
  CHECK(config.data.decimal == ",");
  CHECK(config.data.season == 24);
  CHECK(config.model.settings.integer("layers") == 2);
  CHECK(config.optimizer.settings.number("lr") == 1.0);
  REQUIRE(config.lr_schedules.size() == 2);
  CHECK(config.lr_schedules[0].type == "step");
  CHECK(config.lr_schedules[0].settings.number("gamma") == 0.1);
  CHECK(config.lr_schedules[1].settings.number("gamma") == 0.5);
  REQUIRE(config.regularizers.size() == 2);
  CHECK(config.regularizers[0].type == "none");
  CHECK(config.regularizers[1].settings.number("rate") == 0.25);
  CHECK_FALSE(config.train.patience);
  CHECK_FALSE(config.train.shuffle);
  CHECK(config.train.loss == "mae");
}

TEST_CASE("quantiles have levels by default, and other losses have none") {
  const testing::ScratchFolder folder;
  const auto levels = [&](const Texts& overrides) {
    return parse(folder, smallest, overrides).train.quantiles;
  };
  CHECK(levels({}).empty());
  CHECK(levels({"train.loss=mae", "train.quantiles=null"}).empty());
  CHECK(levels({"train.loss=quantile"}) == std::vector{0.1, 0.5, 0.9});
  CHECK(levels({"train.loss=quantile", "train.quantiles=[0.5, 0.95]"}) == std::vector{0.5, 0.95});
  // What is resolved says the same.
  const Config config = parse(folder, smallest, {"train.loss=quantile"});
  const Settings again = settings_from_train(config.train);
  CHECK(again.numbers("quantiles") == config.train.quantiles);
  CHECK(train_from_settings(again).quantiles == config.train.quantiles);
  CHECK(settings_from_train(parse(folder, smallest).train).is_null("quantiles"));
}

TEST_CASE("the largest seed is exact") {
  const testing::ScratchFolder folder;
  CHECK(parse(folder, smallest, {"seed=9223372036854775807"}).seed == 9223372036854775807ULL);
  CHECK(parse(folder, smallest, {"seed=9007199254740993"}).seed == 9007199254740993ULL);
}

TEST_CASE("the command line beats the file, the later option the earlier") {
  const testing::ScratchFolder folder;
  const Config config =
      parse(folder, R"({"data": {"path": "gone.csv", "target": "y"}, "model": {"type": "lstm"},
                  "regularizers": [{"type": "none"}, {"type": "dropout"}], "train": {"batch": 0}})",
            {"data.path=rows.csv", "train.batch=1", "train.batch=2", "optimizer.lr=0.5",
             "data.target=a=b", "name=true story", "regularizers.1.rate=0.125"});
  CHECK(config.data.path == folder / "rows.csv");
  CHECK(config.train.batch == 2);
  CHECK(config.optimizer.type == "adam");
  CHECK(config.optimizer.settings.number("lr") == 0.5);
  CHECK(config.data.targets == Texts{"a=b"});
  CHECK(config.name == "true story");
  CHECK(config.regularizers.at(1).settings.number("rate") == 0.125);
}

TEST_CASE("a component's own check knows the protocol") {
  const testing::ScratchFolder folder;
  const Texts all_zero{"regularizers=[{\"type\": \"dropout\", \"rate\": 1}]"};
  CHECK_THROWS_AS(parse(folder, smallest, all_zero), ConfigError);
  CHECK_NOTHROW(parse(folder, smallest, {all_zero[0], "protocol=author"}));
}

/// Makes `folder` the current directory until the end of the scope.
class CurrentFolder {
 public:
  explicit CurrentFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~CurrentFolder() { fs::current_path(before_); }
  CurrentFolder(const CurrentFolder&) = delete;
  CurrentFolder& operator=(const CurrentFolder&) = delete;

 private:
  fs::path before_;
};

TEST_CASE("a relative path is sought from the current directory, then beside the config") {
  const testing::ScratchFolder here;
  const testing::ScratchFolder there;
  const std::string config = there.write("run.json", smallest);
  const CurrentFolder current(here / "");
  const std::string error = file_error(config);
  CHECK(error.find("/data/path: no such file: \"rows.csv\", nor \"" + (there / "rows.csv")) !=
        std::string::npos);
  there.write("rows.csv", "y\n1\n");
  CHECK(read_config(config, {}, testing::small_catalogue()).data.path == there / "rows.csv");
  here.write("rows.csv", "y\n1\n");
  CHECK(read_config(config, {}, testing::small_catalogue()).data.path == "rows.csv");
}

TEST_CASE("what is no config file is one clear error") {
  const testing::ScratchFolder folder;
  const auto message = [&](const std::string& name, const std::string& text) {
    return file_error(folder.write(name, text)).substr((folder / "").size());
  };
  CHECK(file_error(folder / "no.json") == (folder / "no.json") + ": no such config file");
  CHECK(file_error(folder / "") == (folder / "") + ": is a directory: expected a JSON config file");
  CHECK(file_error("") == "no config file: expected its path, found an empty text");
  const std::string empty = "is empty: expected a JSON object with \"data\" and \"model\"";
  CHECK(message("empty.json", "") == "empty.json: " + empty);
  CHECK(message("blank.json", " \n\n") == "blank.json: " + empty);
  CHECK(message("big.json", std::string((1 << 20) + 1, ' ')) ==
        "big.json: is larger than 1 MiB: expected a JSON config");
  CHECK(message("list.json", "[1]") ==
        "list.json:1:1: expected an object with \"data\" and \"model\", found a list of 1");
}

TEST_CASE("\"-\" reads standard input, with paths from the current directory") {
  const testing::ScratchFolder folder;
  folder.write("rows.csv", "y\n1\n");
  const CurrentFolder current(folder / "");
  std::istringstream input(smallest);
  std::streambuf* const before = std::cin.rdbuf(input.rdbuf());
  const Config config = read_config("-", {}, testing::small_catalogue());
  input.str("{");
  std::cin.clear();
  const std::string error = file_error("-");
  std::cin.rdbuf(before);
  CHECK(config.name == "stdin");
  CHECK(config.data.path == "rows.csv");
  CHECK(error.starts_with("<stdin>:1:1: this '{' is never closed"));
}

TEST_CASE("a config file that may not be read is one clear error") {
  const testing::ScratchFolder folder;
  const std::string path = folder.write("secret.json", smallest);
  fs::permissions(path, fs::perms::none);
  if (geteuid() == 0) {
    MESSAGE("skipped: root may read every file");
    return;
  }
  CHECK(file_error(path) == path + ": cannot be opened: Permission denied");
}

TEST_CASE("the resolved config holds every default, in a fixed order, and reads back equal") {
  const testing::ScratchFolder folder;
  const Catalogue catalogue = testing::small_catalogue();
  const Texts variants[] = {
      {},
      {"protocol=author", "data.time=[\"d\", \"t\"]", "data.features=x", "optimizer.lr=1"},
      {"regularizers=[{\"type\": \"dropout\"}, {\"type\": \"none\"}]", "train.patience=null",
       "lr_schedules=[{\"type\": \"step\"}]", "data.split=[0.1, 0.2, 0.7]", "name=ä \"b\"",
       "data.delimiter=;", "data.rows=10"},
  };
  for (const Texts& overrides : variants) {
    const std::string text = resolved_json(parse(folder, smallest, overrides), catalogue);
    CAPTURE(text);
    CHECK(resolved_json(parse(folder, text), catalogue) == text);
  }
}

TEST_CASE("the resolved config, word for word") {
  const testing::ScratchFolder folder;
  Config config =
      parse(folder, smallest,
            {"regularizers=[{\"type\": \"dropout\"}]", "lr_schedules=[{\"type\": \"step\"}]"});
  config.data.path = "rows.csv";
  CHECK(resolved_json(config, testing::small_catalogue()) == R"({
  "name": "run",
  "seed": 42,
  "protocol": "honest",
  "data": {
    "path": "rows.csv",
    "time": null,
    "target": "y",
    "features": null,
    "series": null,
    "melt": false,
    "known_future": [],
    "calendar": [],
    "window": 30,
    "horizon": 1,
    "split": [
      0.7,
      0.1,
      0.2
    ],
    "scale": "standard",
    "missing": "error",
    "gaps": "note",
    "missing_markers": [
      "",
      "NA",
      "N/A",
      "NaN",
      "nan",
      "null"
    ],
    "delimiter": null,
    "decimal": null,
    "date_order": null,
    "season": null,
    "rows": null
  },
  "model": {
    "type": "lstm",
    "hidden": 64,
    "layers": 1
  },
  "optimizer": {
    "type": "adam",
    "lr": 0.001,
    "beta1": 0.9
  },
  "lr_schedules": [
    {
      "type": "step",
      "gamma": 0.1
    }
  ],
  "regularizers": [
    {
      "type": "dropout",
      "rate": 0.5
    }
  ],
  "train": {
    "epochs": 20,
    "batch": 64,
    "patience": 3,
    "shuffle": true,
    "loss": "mse",
    "quantiles": null,
    "restore_best": true,
    "skip_pruned_from": 0.6,
    "init_from": null
  }
}
)");
}

TEST_CASE("a component that is not registered cannot be resolved") {
  const testing::ScratchFolder folder;
  Config config = parse(folder, smallest);
  config.model.type = "gru";
  CHECK_THROWS_WITH_AS(resolved_json(config, testing::small_catalogue()),
                       "[config] no component is registered as \"gru\"", Error);
}

}  // namespace
}  // namespace espalier
