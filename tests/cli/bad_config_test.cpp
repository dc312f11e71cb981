#include <doctest/doctest.h>

#include "tests/cli/bad_input.h"

using namespace espalier::test;

// One line is one case: extend the tables as you like.

TEST_CASE("command lines that can't work") {
  check_each({
      bad_arguments({}, {"no command", "train, compare, check", "--help"}),
      bad_arguments({"trian", "config.json"},
                    {"unknown command \"trian\"", "mean \"train\"", "--help"}),
      bad_arguments({"--frobnicate"}, {"unknown option \"--frobnicate\"", "--help"}),
      bad_arguments({"train"}, {"config is required"}),
      bad_arguments({"train", "config.json", "--frobnicate"}, {"--frobnicate"}),
      bad_arguments({"train", "config.json", "data.csv"}, {"data.csv"}),
      bad_arguments({"train", "config.json", "--out"}, {"--out"}),
      bad_arguments({"train", "config.json", "--out", ""}, {"--out"}),
      bad_arguments({"train", "config.json", "-o"}, {"--override"}),
      bad_arguments({"train", "config.json", "--threads", "0"}, {"--threads", "0"}),
      bad_arguments({"train", "config.json", "--threads", "x"}, {"--threads", "x"}),
      bad_arguments({"train", "config.json", "--threads", "99999"}, {"--threads", "1024"}),
      bad_arguments({"train", "config.json", "--resume", "--force"}, {"--resume", "--force"}),
      bad_arguments({"train", "config.json", "--seed", "x"}, {"seed", "expected an integer"}),
      bad_arguments({"train", "config.json", "--seed", "-1"}, {"seed"}),
      bad_arguments({"train", "config.json", "--seed", "1.5"}, {"seed", "expected an integer"}),
      bad_arguments({"train", "config.json", "--json=maybe"}, {"--json"}),
      bad_arguments({"train", "nowhere.json"}, {"nowhere.json", "no such"}),
      bad_arguments({"train", "."}, {"directory", "JSON config"}),
      bad_arguments({"train", ""}, {"config"}),
      bad_arguments({"check"}, {"config is required"}),
      bad_arguments({"check", "nowhere.json"}, {"nowhere.json", "no such"}),
      bad_arguments({"list", "models"}, {"models"}),
      bad_arguments({"schema", "--json"}, {"--json"}),
      bad_arguments({"train", "-"}, {"<stdin>", "is empty"}),
  });
}

TEST_CASE("texts that are no config") {
  check_each({
      bad_config("empty", "", {"config.json", "empty"}),
      bad_config("blank", " \n\t\n", {"config.json", "empty"}),
      bad_config("a list", "[1]", {"config.json:1:1", "expected an object"}),
      bad_config("cut off", small_config.substr(0, 100), {"config.json:"}),
      bad_config("two objects", small_config + "{}", {"config.json:16:1"}),
      bad_config("single quotes", "{'name': 1}", {"config.json:1:2"}),
      bad_config("a NUL byte", std::string("{\n\0}", 4), {"config.json:2:1", "NUL"}),
      bad_config("not UTF-8", "{\"name\": \"\xff\"}", {"config.json:1:11", "UTF-8"}),
      bad_config("deep", std::string(100000, '['), {"config.json:1:"}),
      bad_config("a huge number", "{\"seed\": 1e999}", {"config.json:1:10"}),
      bad_config("NaN", "{\"seed\": NaN}", {"config.json:1:10"}),
      bad_config("an open comment", "{} /* seed", {"config.json:1:4", "comment"}),
      bad_config("an open text", "{\"name\": \"small\n}", {"config.json:1:"}),
      bad_config("larger than any config", std::string((1 << 20) + 2, ' '), {"1 MiB"}),
      bad_config("all at once", R"({"sed": 1, "data": {"windw": 2}, "train": {"epochs": 0}})",
                 {"config.json:1:2: /sed: unknown key", "/data/windw: unknown key", "\"window\"",
                  "/data/path: required", "/data/target: required", "/model: required",
                  "/train/epochs: 0 is out of range"}),
      bad_place("\"window\": 5", "\"window\": 5,", {"config.json:7:16", "comma"}),
      bad_place("\"window\": 5", "\"window\" 5", {"config.json:7:14"}),
      bad_place("\"window\": 5", "\"window\": 05", {"config.json:7:"}),
      bad_place("\"window\": 5", "\"window\": 5, \"window\": 6",
                {"config.json:7:18", "/data/window", "given before", "7:5"}),
  });
}

TEST_CASE("configs that are wrong at one place") {
  check_each({
      bad_place("\"name\": \"small\"", "\"name\": \"a/b\"", {"config.json:2:11", "/name"}),
      bad_place("\"name\": \"small\"", "\"name\": \"..\"", {"config.json:2:11", "/name"}),
      bad_place("\"name\": \"small\"", "\"name\": 5", {"/name", "expected a text"}),
      bad_place("\"name\":", "\"nmae\":", {"config.json:2:3", "/nmae", "\"name\""}),
      bad_place("data.csv", "date.csv", {"config.json:4:13", "no such file", "date.csv"}),
      bad_place("data.csv", ".", {"/data/path", "directory"}),
      bad_place("\"date\"", "[\"date\", \"load\", \"wind\"]", {"/data/time", "one column or two"}),
      bad_place("\"window\": 5", "\"window\": \"5\"", {"/data/window", "without quotes"}),
      bad_place("\"window\": 5", "\"window\": 5.5", {"/data/window", "an integer", "5.5"}),
      bad_place("\"window\": 5", "\"window\": true", {"/data/window", "an integer"}),
      bad_place("\"window\": 5", "\"window\": [5]", {"/data/window", "an integer"}),
      bad_place("\"window\": 5", "\"window\": 0", {"config.json:7:15", "out of range"}),
      bad_place("\"window\": 5", "\"window\": null", {"/data/window", "an integer"}),
      bad_place("\"load\"", "\"\"", {"/data/target", "not empty"}),
      bad_place("\"hidden\"", "\"hiden\"", {"config.json:9:30", "/model/hiden", "\"hidden\""}),
      bad_place("\"lstm\"", "\"lsmt\"", {"config.json:9:22", "lsmt", "\"lstm\""}),
      bad_place("\"type\": \"lstm\", ", "", {"config.json:9:12", "/model/type", "required"}),
      bad_place("{ \"type\": \"lstm\", \"hidden\": 4 }", "\"lstm\"", {"/model", "an object"}),
      bad_place("\"adam\"", "\"adma\"", {"config.json:10:26", "\"adam\""}),
      bad_place("\"lr\": 0.01", "\"lr\": 0", {"/optimizer/lr", "above 0"}),
      bad_place("synaptic_pruning", "synaptic_prunning",
                {"config.json:12:15", "/regularizers/0/type", "\"synaptic_pruning\""}),
      bad_place("0.75", "1.2", {"config.json:12:5", "max_sparsity"}),
      bad_place("0.75", "-0.1", {"/regularizers/0/max_sparsity", "out of range"}),
      bad_place("\"warmup_epochs\": 1", "\"warmup_epochs\": 3", {"warmup_epochs 3", "3 epochs"}),
      bad_place("\"epochs\": 3", "\"epoch\": 3", {"config.json:14:14", "\"epochs\""}),
      bad_place("\"batch\": 16", "\"batch\": 1e10", {"/train/batch", "out of range"}),
      bad_place("\"batch\": 16", R"("loss": "quantile", "quantiles": [0.1, 0.9])",
                {"config.json:14:60", "/train/quantiles", "0.5 is missing"}),
      bad_place("\"batch\": 16", R"("loss": "quantile", "quantiles": [0.5, 0.1])",
                {"/train/quantiles", "ascending order"}),
      bad_place("\"batch\": 16", R"("loss": "quantile", "quantiles": [])",
                {"/train/quantiles", "1 to 99 levels"}),
      bad_place("\"batch\": 16", R"("loss": "quantile", "quantiles": [0.5, 1.5])",
                {"config.json:14:66", "/train/quantiles/1", "out of range"}),
      bad_place("\"batch\": 16", R"("loss": "quantile", "quantiles": 0.5)",
                {"/train/quantiles", "a list of numbers"}),
      bad_place("\"batch\": 16", R"("quantiles": [0.5])",
                {"config.json:14:40", "/train/quantiles", "the loss is \"mse\"", "\"quantile\""}),
      bad_place("\"batch\": 16", R"("loss": "qantile", "quantiles": [0.5])",
                {"/train/loss", "mean \"quantile\""}),
  });
}

TEST_CASE("overrides that can't work") {
  check_each({
      bad_override("", {"-o"}),
      bad_override("train.epochs", {"-o train.epochs", "key=value"}),
      bad_override("=5", {"key=value"}),
      bad_override("train..epochs=5", {"between the dots"}),
      bad_override("train.epochs=0", {"-o train.epochs", "out of range"}),
      bad_override("train.epochs=x", {"-o train.epochs", "an integer"}),
      bad_override("train.epochs.most=5", {"-o train.epochs.most", "holds no"}),
      bad_override("trian.epochs=5", {"unknown key", "\"train\""}),
      bad_override("regularizers.7.every=1", {"expected an index from 0 to 0"}),
      bad_override("regularizers={}", {"expected a list"}),
      bad_override("regularizers=[{\"type\":\"dropout\",\"rate\":2}]", {"rate", "out of range"}),
      bad_override("regularizers=[{\"type\":\"dropout\",\"sites\":[\"haed\"]}]", {"\"head\""}),
      bad_override("regularizers=[{\"type\":\"dropout\",\"rate\":0}]", {"changes nothing"}),
      bad_override("regularizers=[{\"type\":\"dropout\",\"sites\":[\"hidden\"]}]",
                   {"/regularizers/0", "changes nothing", "input, recurrent, head"}),
      bad_override("regularizers.0.live_floor=1000000", {"live_floor", "can't be reached"}),
      bad_override("regularizers.0.max_sparsity=0", {"/regularizers/0", "changes nothing"}),
      bad_override("optimizer={\"type\":\"adamw\",\"lr\":0.1,\"weight_decay\":20}",
                   {"optimizer", "weight_decay"}),
      bad_override("lr_schedules={}", {"lr_schedules", "expected a list"}),
      bad_override("lr_schedules=[{\"type\":\"stpe\"}]", {"learning-rate schedule", "\"step\""}),
      bad_override("lr_schedules=[{\"type\":\"step\",\"gamma\":\"0.1\"}]",
                   {"gamma", "without quotes"}),
      bad_override("lr_schedules=[{\"type\":\"exponential\",\"gamma\":0}]", {"gamma", "above 0"}),
      bad_override("lr_schedules=[{\"type\":\"step\",\"epochs\":2}]",
                   {"unknown key \"epochs\"", "step_size"}),
      bad_override("lr_schedules=[{\"type\":\"step\",\"step_size\":3}]",
                   {"step_size 3", "3 epochs"}),
      bad_override("lr_schedules=[{\"type\":\"warm_up\",\"epochs\":3}]", {"warm_up", "3 epochs"}),
      bad_override("lr_schedules=[{\"type\":\"reduce_on_plateau\",\"patience\":2}]",
                   {"patience 2", "train.patience 3"}),
      bad_override("protocol=autor", {"protocol", "\"author\""}),
      bad_override("protocol=\xff", {"UTF-8"}),
      bad_override("data.split=[0.5,0.5]", {"data.split", "3 shares"}),
      bad_override("data.split=[0.5,0.5,0.5]", {"sum to 1.5"}),
      bad_override("data.split=[1,0,0]", {"data.split", "out of range"}),
      bad_override("data.features=[]", {"at least one column"}),
      bad_override("data.delimiter=ab", {"one ASCII character"}),
      bad_override("data.scale=minmax", {"\"standard\", \"none\""}),
      bad_override("train.init_from=nowhere.safetensors", {"no such file"}),
      bad_override("train.loss=huber", {"\"mse\", \"mae\", \"quantile\""}),
      bad_override("train={\"loss\":\"quantile\",\"quantiles\":[0.1,0.9]}",
                   {"-o train", "0.5 is missing"}),
      bad_override("train.shuffle=1", {"train.shuffle", "true or false"}),
      bad_override("seed=9223372036854775808", {"64 bits"}),
  });
}

TEST_CASE("quantiles of a model that can't learn them, and of the published scripts") {
  const auto config = [](const std::string& top, const std::string& model) {
    return "{" + top + R"("data": {"path": "data.csv", "target": "load"},
      "model": {"type": ")" +
           model + R"("}, "train": {"loss": "quantile"}})";
  };
  check_each({
      bad_config("persistence", config("", "persistence"),
                 {"config.json:2:59", "/train/loss", "\"persistence\"", "nothing to train"}),
      bad_config("seasonal_naive", config("", "seasonal_naive"), {"/train/loss", "another model"}),
      bad_config("author", config("\"protocol\": \"author\", ", "lstm"),
                 {"config.json:2:", "/train/loss", "\"author\"", "\"honest\""}),
  });
}

TEST_CASE("configs that don't fit their data") {
  check_each({
      bad_override("data.target=laod", {"data.csv", "\"target\"", "laod", "\"load\""}),
      bad_override("data.time=day", {"data.csv", "\"time\"", "day"}),
      bad_override("data.time=[\"date\",\"date\"]", {"\"date\" twice"}),
      bad_override("data.features=[\"wind\",\"rain\"]", {"\"features\"", "rain"}),
      bad_override("data.features=[\"wind\",\"wind\"]", {"\"wind\" twice"}),
      bad_override("data.features=[\"date\"]", {"holds the time"}),
      bad_override("data.target=date", {"\"target\"", "holds the time"}),
      bad_override("data.window=150", {"200 rows are too few", "window 150"}),
      bad_override("data.horizon=100", {"too few", "horizon 100"}),
      bad_override("data.rows=1000", {"\"rows\"", "1000", "200"}),
      bad_override("data.rows=6", {"6 rows are too few"}),
      bad_override("data.delimiter=;", {"data.csv"}),
      bad_override("data.season=500", {"\"season\" is 500", "only 160"}),
  });
}
