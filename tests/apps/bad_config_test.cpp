// What is wrong with a config is said at its place, in words that help. To add a case, add a line
// to one of the tables below.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {
namespace {

using Words = std::vector<std::string>;

// Each wraps its argument in a config that is sound but for it, so that it starts at 3:1.
std::string top(const std::string& members) {
  return "{\"data\": {\"path\": \"rows.csv\", \"target\": \"y\"},\n\"model\": {\"type\": "
         "\"lstm\"},\n" +
         members + "}";
}
std::string data(const std::string& members) {
  return "{\"model\": {\"type\": \"lstm\"}, \"data\": {\n\"path\": \"rows.csv\", \"target\": "
         "\"y\",\n" +
         members + "}}";
}
std::string author_data(const std::string& members) {
  return "{\"protocol\": \"author\", " + data(members).substr(1);
}
std::string model(const std::string& members) {
  return "{\"data\": {\"path\": \"rows.csv\", \"target\": \"y\"},\n\"model\": {\"type\": "
         "\"lstm\",\n" +
         members + "}}";
}
std::string train(const std::string& members) {
  return "{\"data\": {\"path\": \"rows.csv\", \"target\": \"y\"},\n\"model\": {\"type\": "
         "\"lstm\"}, "
         "\"train\": {\n" +
         members + "}}";
}
std::string whole(const std::string& text) {
  return text;
}

/// The error lines of a config named run.json beside rows.csv; none where it is sound.
Words errors_of(const std::string& text, const Words& overrides = {}) {
  const testing::ScratchFolder folder;
  folder.write("rows.csv", "y\n1\n");
  try {
    parse_config(text, folder / "run.json", overrides, testing::small_catalogue());
    return {};
  } catch (const ConfigError& error) {
    Words lines = error.lines();
    const std::string prefix = folder / "";
    for (std::string& line : lines) {
      if (line.starts_with(prefix)) line.erase(0, prefix.size());
    }
    return lines;
  }
}

void check_line(const std::string& line, const std::string& place, const Words& words) {
  CAPTURE(line);
  CHECK(line.starts_with(place + ": "));
  CHECK(line.find('\n') == std::string::npos);
  CHECK_MESSAGE(line.find("json.exception") == std::string::npos, "the library's own words");
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(line.find(word) != std::string::npos);
  }
}

TEST_CASE("the wrappers of the tables are sound by themselves") {
  CHECK(errors_of(top("\"seed\": 1")) == Words{});
  CHECK(errors_of(data("\"window\": 1")) == Words{});
  CHECK(errors_of(author_data("\"window\": 1")) == Words{});
  CHECK(errors_of(model("\"hidden\": 1")) == Words{});
  CHECK(errors_of(train("\"batch\": 1")) == Words{});
}

TEST_CASE("one error, at its line and column, with the words that help") {
  struct Case {
    std::string text;
    const char* place;
    Words words;
  };
  const std::vector<Case> cases{
      // Keys.
      {train(R"("epoch": 5)"), "3:1", {"/train/epoch", "did you mean \"epochs\"?", "shuffle"}},
      {train(R"("momentum": 5)"), "3:1", {"unknown key \"momentum\" (known here: epochs, batch"}},
      {data(R"("seperator": 5)"), "3:1", {"/data/seperator", "delimiter"}},
      {model(R"("hidden_size": 5)"),
       "3:1",
       {"did you mean \"hidden\"?", "(known here: hidden, layers, type)"}},
      {top(R"("trian": {})"), "3:1", {"/trian", "did you mean \"train\"?", "regularizers"}},
      {top(R"("a\nb": {})"), "3:1", {R"(unknown key "a\nb")"}},
      {top(R"("$schema": 5)"), "3:12", {"expected a text, found the number 5"}},
      {train(R"("batch": 5, "batch": 6)"), "3:13", {"/train/batch", "before, at 3:1"}},
      {top(R"("model": {"type": "lstm"})"), "3:1", {"/model", "before, at 2:1"}},
      // What is missing: the place is that of the object around it.
      {whole(R"({"model": {"type": "lstm"}})"), "1:1", {"/data", "required", "\"path\""}},
      {whole(R"( {"data": {"path": "rows.csv", "target": "y"}})"), "1:2", {"/model", "\"type\""}},
      {whole(R"({"model": {"type": "lstm"}, "data": {"path": "rows.csv"}})"),
       "1:37",
       {"/data/target", "required", "a text"}},
      {whole(R"({"model": {"type": "lstm"}, "data": {"target": "y"}})"), "1:37", {"/data/path"}},
      {top(R"("regularizers": [{}])"), "3:18", {"/regularizers/0/type", "\"none\", \"dropout\""}},
      {top(R"("lr_schedules": [{}])"), "3:18", {"/lr_schedules/0/type", "\"step\""}},
      // Types.
      {train(R"("batch": "64")"), "3:10", {"an integer, found the text \"64\"", "without quotes"}},
      {train(R"("batch": 3.5)"), "3:10", {"expected an integer, found the number 3.5"}},
      {train(R"("batch": null)"), "3:10", {"expected an integer, found null"}},
      {train(R"("batch": [1])"), "3:10", {"expected an integer, found a list of 1"}},
      {train(R"("shuffle": 1)"), "3:12", {"expected true or false, found the number 1"}},
      {train(R"("shuffle": "true")"), "3:12", {"/train/shuffle", "without quotes"}},
      {train(R"("patience": true)"), "3:13", {"expected an integer or null, found true"}},
      {train(R"("loss": 1)"), "3:9", {"expected a text, found the number 1"}},
      {data(R"("time": 1)"), "3:9", {"expected a text or a list of texts or null"}},
      {data(R"("time": ["d", 1])"), "3:15", {"/data/time/1", "expected a text, found the number"}},
      {data(R"("split": 0.8)"), "3:10", {"expected a list of numbers, found the number 0.8"}},
      {data(R"("split": [0.7, "0.1", 0.2])"), "3:16", {"/data/split/1", "without quotes"}},
      {top(R"("train": [])"), "3:10", {"/train", "expected an object, found an empty list"}},
      {top(R"("optimizer": "adam")"), "3:14", {"expected an object, found the text \"adam\""}},
      {top(R"("regularizers": {"type": "none"})"), "3:17", {"list of objects, found an object"}},
      {top(R"("regularizers": ["none"])"), "3:18", {"/regularizers/0", "expected an object"}},
      {top(R"("seed": "x")"), "3:9", {"/seed", "expected an integer, found the text \"x\""}},
      {whole("[]"), "1:1", {"expected an object", "found an empty list"}},
      {whole("// nothing here\n 5"), "2:2", {"expected an object", "found the number 5"}},
      // Ranges.
      {train(R"("epochs": 0)"), "3:11", {"0 is out of range: expected an integer at least 1"}},
      {train(R"("patience": -1)"), "3:13", {"-1 is out of range", "at least 1"}},
      {data(R"("window": 1e300)"), "3:11", {"1e+300 is out of range", "at most 1000000"}},
      {data(R"("rows": 0)"), "3:9", {"/data/rows", "at least 1"}},
      {model(R"("hidden": 9223372036854775808)"), "3:11", {"out of range", "fits 64 bits"}},
      {model(R"("layers": 9)"), "3:11", {"9 is out of range", "at least 1 and at most 8"}},
      {top(R"("optimizer": {"lr": 0})"), "3:21", {"/optimizer/lr", "expected a number above 0"}},
      {top(R"("seed": -1)"), "3:9", {"-1 is out of range: expected an integer at least 0"}},
      {data(R"("split": [0.5, 0.5, 0])"), "3:21", {"/data/split/2", "above 0"}},
      {train(R"("epochs": 1e400)"), "3:11", {"1e400 is too large"}},
      // Choices and types of components.
      {train(R"("loss": "mea")"), "3:9", {"\"mse\", \"mae\"", "did you mean \"mae\"?"}},
      {data(R"("missing": "zero")"), "3:12", {"\"error\", \"ffill\", \"interpolate\", \"drop\""}},
      {data(R"("decimal": ";")"), "3:12", {"expected one of \".\", \",\", found \";\""}},
      {top(R"("protocol": "autor")"), "3:13", {"did you mean \"author\"?"}},
      {top(R"("optimizer": {"type": "adma"})"),
       "3:23",
       {"unknown optimizer \"adma\"", "\"adam\"?"}},
      {top(R"("regularizers": [{"type": "prune"}])"),
       "3:27",
       {"(registered: \"none\", \"dropout\""}},
      {top(R"("regularizers": [{"type": 5}])"), "3:27", {"expected one of \"none\", \"dropout\""}},
      // What depends on more than one value.
      {data(R"("split": [0.7, 0.1])"), "3:10", {"3 shares (train, validation, test)", "list of 2"}},
      {author_data(R"("split": [0.7, 0.1, 0.2])"), "3:10", {"2 shares", "\"author\""}},
      {data(R"("split": [0.7, 0.1, 0.1])"), "3:10", {"the shares sum to 0.9", "expected 1"}},
      {data(R"("time": ["a", "b", "c"])"), "3:9", {"one column or two, found a list of 3"}},
      {data(R"("features": [])"), "3:13", {"at least one column"}},
      {data(R"("delimiter": "")"), "3:14", {"expected one ASCII character"}},
      {data(R"("delimiter": ",,")"), "3:14", {"found the text \",,\""}},
      {data(R"("delimiter": "ä")"), "3:14", {"expected one ASCII character"}},
      {data(R"("delimiter": ",", "decimal": ",")"), "3:30", {"\",\" is the delimiter too"}},
      {top(R"("regularizers": [{"type": "dropout", "rate": 1}])"), "3:18", {"rate 1 zeroes"}},
      // Names and files.
      {top(R"("name": "a/b")"), "3:9", {"/name", "\"a/b\" cannot name a run"}},
      {top(R"("name": "..")"), "3:9", {"cannot name a run"}},
      {train(R"("init_from": "no.safetensors")"), "3:14", {"no such file: \"no.saf", ", nor \""}},
      {train(R"("init_from": "")"), "3:14", {"\"\" is no path to a file"}},
      {train(R"("init_from": "a\u0000b")"), "3:14", {"\"a\\x00b\" is no path to a file"}},
      {train(R"("init_from": "/")"), "3:14", {"is a directory: expected a regular file"}},
      {train(R"("init_from": "/dev/null")"), "3:14", {"is a special file"}},
      // Syntax.
      {train(R"("batch": 5,)"), "3:11", {"no comma may stand before the closing '}'"}},
      {train("\"batch\": 5\n \"epochs\": 6"), "4:2", {"expected ',' or '}' after the value of"}},
      {train(R"("shuffle": True)"), "3:12", {"did you mean true?"}},
      {whole("{\"name\": \"a\xFF\"}"), "1:12", {"byte 0xff is not valid UTF-8"}},
      {whole(std::string("{\n\0}", 4)), "2:1", {"NUL byte"}},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.text);
    const Words lines = errors_of(bad.text);
    REQUIRE(lines.size() == 1);
    check_line(lines[0], std::string("run.json:") + bad.place, bad.words);
  }
}

TEST_CASE("one error in what the command line says") {
  struct Case {
    const char* override_text;
    const char* place;
    Words words;
  };
  const std::vector<Case> cases{
      {"train.lr=0.01", "-o train.lr=…", {"/train/lr: unknown key \"lr\""}},
      {"train.batch=0", "-o train.batch=…", {"/train/batch: 0 is out of range"}},
      {"train.batch=abc", "-o train.batch=…", {"found the text \"abc\""}},
      {"train.batch=", "-o train.batch=…", {"found the text \"\""}},
      {"optimizer.lr=1e400", "-o optimizer.lr=…", {"a number, found the text \"1e400\""}},
      {"model={}", "-o model=…", {"/model/type: required"}},
      {"model={\"type\": \"lstn\"}", "-o model=…", {"/model/type: unknown model", "\"lstm\"?"}},
      {"model={\"type\": \"lstm\", \"type\": \"lstm\"}", "-o model=…", {"/model/type", "twice"}},
      {"modle.hidden=5", "-o modle.hidden=…", {"/modle: unknown key", "\"model\"?"}},
      {"seed.x=5", "-o seed.x=…", {"/seed is the number 1: it holds no \"x\""}},
      {"regularizers.2.rate=0", "-o regularizers.2.rate=…", {"an index from 0 to 1, found \"2\""}},
      {"regularizers.x=0", "-o regularizers.x=…", {"an index from 0 to 1, found \"x\""}},
      {"regularizers.-1=0", "-o regularizers.-1=…", {"an index from 0 to 1"}},
      {"regularizers.1.rate=2", "-o regularizers.1.rate=…", {"/regularizers/1/rate: 2 is out"}},
      {"data.split=[0.5,0.5]", "-o data.split=…", {"/data/split: expected 3 shares"}},
      {"data.time.0=x", "-o data.time.0=…", {"/data/time does not exist"}},
      {"data.path=no.csv", "-o data.path=…", {"/data/path: no such file: \"no.csv\""}},
      {"train", "-o train", {"expected path.to.key=value"}},
      {"=5", "-o =5", {"expected path.to.key=value"}},
      {"train..batch=5", "-o train..batch=…", {"a key between the dots"}},
      {"a\nb=5", "-o \"a\\nb\"=…", {"unknown key \"a\\nb\""}},
      {"a\n.0=5", "-o \"a\\n.0\"=…", {"\"/a\\n\" does not exist"}},
      {"name=\xFF", "-o \"name=\\xff\"", {"not valid UTF-8"}},
  };
  const std::string sound =
      top(R"("seed": 1, "regularizers": [{"type": "none"}, {"type": "dropout"}])");
  REQUIRE(errors_of(sound) == Words{});
  for (const Case& bad : cases) {
    CAPTURE(bad.override_text);
    const Words lines = errors_of(sound, {bad.override_text});
    REQUIRE(lines.size() == 1);
    check_line(lines[0], bad.place, bad.words);
  }
}

TEST_CASE("all errors come at once: the file's from top to bottom, then the command line's") {
  const Words lines = errors_of(
      "{\n  \"sede\": 1,\n  \"train\": {\"batch\": 0, \"epochs\": \"many\"},\n"
      "  \"model\": {\"type\": \"lstm\", \"layers\": 1.5},\n  \"data\": {\"path\": "
      "\"rows.csv\"}\n}",
      {"optimizer.beta1=1", "train.los=mae"});
  const Words expected{
      "run.json:2:3: /sede: unknown key \"sede\" (known here: name, seed, protocol, data, model, "
      "optimizer, lr_schedules, regularizers, train, $schema): did you mean \"seed\"?",
      "run.json:3:22: /train/batch: 0 is out of range: expected an integer at least 1 and at most "
      "1000000",
      "run.json:3:35: /train/epochs: expected an integer, found the text \"many\"",
      "run.json:4:39: /model/layers: expected an integer, found the number 1.5",
      "run.json:5:11: /data/target: required, but missing: expected a text or a list of texts. "
      "Column to forecast, or a list of them.",
      "-o optimizer.beta1=…: /optimizer/beta1: 1 is out of range: expected a number at least 0 and "
      "at most 0.9999",
      "-o train.los=…: /train/los: unknown key \"los\" (known here: epochs, batch, patience, "
      "shuffle, loss, quantiles, restore_best, skip_pruned_from, init_from): did you mean \"loss\"?",
  };
  CHECK(join(lines, "\n") == join(expected, "\n"));
}

TEST_CASE("a wrong protocol is one error: nothing that depends on it is judged") {
  const std::string text = data(
      R"("split": [0.8, 0.2]}, "regularizers": [{"type": "dropout", "rate": 1}], "protocol": {)");
  const Words lines = errors_of(text);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("/protocol: expected a text, found an object") != std::string::npos);
}

}  // namespace
}  // namespace espalier
