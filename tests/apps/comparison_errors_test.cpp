// What is wrong with a comparison's config is said once, at the place in the file where it stands.

#include <string>

#include <doctest/doctest.h>

#include "tests/apps/small_comparison.h"

namespace espalier {
namespace {

using testing::errors_in;
using testing::Texts;

/// A sound comparison of 50 blocks but for what is put in: grid and arms from 3:1 and 4:1, more
/// members from 5:1.
std::string config(const std::string& grid, const std::string& arms = R"("none": [])",
                   const std::string& more = R"("trials": 2)") {
  return R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"}, "grid": {
"data.window": [1,2,3,4,5,6,7,8,9,10], "optimizer.lr": [0.1,0.2,0.3,0.4,0.5])" +
         std::string(grid.empty() ? "" : ",") + "\n" + grid + "}, \"arms\": {\n" + arms + "},\n" +
         more + "}";
}

/// Empty if there is one error, at `place`, that says every word; else the errors.
std::string fault(const Texts& lines, const std::string& place, const Texts& words) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  bool fits = lines.size() == 1 && all.starts_with(place + ": ");
  for (const std::string& word : words) fits = fits && all.find(word) != std::string::npos;
  return fits ? "" : "found: " + (all.empty() ? "no error" : all);
}

/// "test.json:LINE:COLUMN" for "LINE:COLUMN".
std::string in_file(const std::string& place) {
  return "test.json:" + place;
}

TEST_CASE("the config of these tests is sound by itself") {
  CHECK(errors_in(config("")) == Texts{});
  CHECK(testing::read_text(config("")).blocks.size() == 50);
}

TEST_CASE("a mistake in the base, in the grid or in an arm is told once for all blocks") {
  struct Case {
    std::string text;
    const char* place;
    Texts words;
  };
  const std::vector<Case> cases{
      // In the base.
      {config("", R"("none": [])", R"("train": {"epoch": 5})"),
       "5:11",
       {"/train/epoch", "unknown key", "did you mean \"epochs\"?"}},
      {config("", R"("none": [])", R"("train": {"epochs": 0})"), "5:21", {"/train/epochs: 0"}},
      {config("", R"("none": [])", R"("train": 5)"), "5:10", {"/train", "expected an object"}},
      {config("", R"("none": [])", R"("sede": 5)"), "5:1", {"/sede", "did you mean \"seed\"?"}},
      {config("", R"("none": [])", R"("trails": 3)"),
       "5:1",
       {"unknown key \"trails\" (known here: trials,", "did you mean \"trials\"?"}},
      {config("", R"("none": [])", R"("trials": 0)"), "5:11", {"/trials", "at least 1"}},
      {config("", R"("none": [])", R"("trials": "5")"), "5:11", {"/trials", "without quotes"}},
      {config("", R"("none": [])", R"("question": 5)"), "5:13", {"/question", "a text"}},
      {config("", R"("none": [])", R"("regularizers": [])"),
       "5:1",
       {"/regularizers", "\"arms\"", "move them there"}},
      // In the grid's values.
      {config(R"("train.epochs": [5, 0])"), "3:21", {"/grid/train.epochs/1: 0 is out of range"}},
      {config(R"("train.epochs": {"few": 5, "none": "0"})"),
       "3:36",
       {"/grid/train.epochs/none", "without quotes"}},
      {config(R"("train": {"a": {"epochs": 5, "bach": 1}})"),
       "3:30",
       {"/grid/train/a/bach", "unknown key", "did you mean \"batch\"?"}},
      {config(R"("data": {"a": {"path": "rows.csv", "tine": "t"}})"),
       "3:36",
       {"/grid/data/a/tine", "did you mean \"time\"?"}},
      {config(R"("data": {"a": {"path": "nowhere.csv"}})"),
       "3:24",
       {"/grid/data/a/path", "no such file"}},
      {config(R"("model": [{"type": "lstn"}])"), "3:20", {"/grid/model/0/type", "\"lstm\"?"}},
      {config(R"("model": ["lstm"])"), "3:11", {"/grid/model/0", "expected an object"}},
      {config(R"("train": {"a": {"epochs": null}})"), "3:27", {"expected an integer, found null"}},
      // In its paths.
      {config(R"("train.epoch": [5, 6])"),
       "3:1",
       {"/grid/train.epoch", "unknown key \"epoch\"", "did you mean \"epochs\"?"}},
      {config(R"("train.epoch": {"a": 5, "b": 6})"), "3:1", {"/grid/train.epoch", "unknown key"}},
      {config(R"("model.type.x": [1, 2])"), "3:1", {"/grid/model.type.x", "/model/type"}},
      {config(R"("lr_schedules.0.gamma": [1])"), "3:1", {"/grid/lr_schedules.0.gamma"}},
      {config(R"("train.": [1, 2])"), "3:1", {"/grid/train.", "between the dots"}},
      {config(R"("seed": [1, 2])"), "3:1", {"/grid/seed", "\"trials\""}},
      {config(R"("regularizers": [[]])"), "3:1", {"/grid/regularizers", "\"arms\""}},
      {config(R"("regularizers.0.rate": [1])"), "3:1", {"can't be varied", "\"arms\""}},
      {config(R"("protocol": ["author"])"), "3:1", {"/grid/protocol", "one protocol"}},
      {config(R"("nonsense": [1])"), "3:1", {"/grid/nonsense", "\"data.window\""}},
      {config(R"("name": ["a"])"), "3:1", {"/grid/name", "can't be varied"}},
      // In its shape.
      {config(R"("train.batch": [])"), "3:16", {"/grid/train.batch", "at least one value"}},
      {config(R"("train.batch": {})"), "3:16", {"/grid/train.batch", "at least one value"}},
      {config(R"("train.batch": 5)"), "3:16", {"list of values", "found the number 5"}},
      {config(R"("train.batch": [5, 7, 5])"), "3:23", {"\"5\" is listed twice"}},
      {config(R"("train.batch": [5, 5.0])"), "3:20", {"\"5.0\" is the same value as \"5\""}},
      {config(R"("train": {"a": {"batch": 5}, "b": {"batch": 5}})"),
       "3:35",
       {"\"b\" is the same value as \"a\""}},
      {config(R"("model": [{"type": "lstm"}, {"type": "lstm", "hidden": 3}])"),
       "3:29",
       {"\"lstm\" is listed twice", "label"}},
      {config(R"("train": [{"epochs": 3}])"), "3:11", {"label", "instead of the list"}},
      {config(R"("train.batch": {"a": 5, "a": 6})"), "3:25", {"given before, at 3:17"}},
      {config(R"("train.batch": {"": 5})"), "3:21", {"label"}},
      {R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"},
"arms": {"none": []}, "grid": ["data.window"]})",
       "2:31",
       {"/grid", "expected an object such as"}},
      // In the arms.
      {config("", R"("none": [], "light": [{"type": "dropout", "rat": 0.1}])"),
       "4:43",
       {"/arms/light/0/rat", "did you mean \"rate\"?"}},
      {config("", R"("none": [], "light": [{"type": "dropout", "rate": 2}])"),
       "4:51",
       {"/arms/light/0/rate: 2 is out of range"}},
      {config("", R"("none": [], "all": [{"type": "dropout", "rate": 1}])"),
       "4:21",
       {"/arms/all/0", "zeroes everything"}},
      {config("", R"("none": [], "light": [{"type": "dropot"}])"),
       "4:32",
       {"/arms/light/0/type", "\"dropout\"?"}},
      {config("", R"("light": {"type": "dropout"})"), "4:10", {"/arms/light", "\"lstm\""}},
      {config("", R"("light": {"lstm": {"type": "dropout"}})"),
       "4:19",
       {"/arms/light/lstm", "expected a list"}},
      {config("", R"("light": {"lstn": []})"),
       "4:10",
       {"/arms/light", "no regularizers for the model \"lstm\"", "some for lstn"}},
      {config("", R"("light": 5)"), "4:10", {"/arms/light", "found the number 5"}},
      {config("", R"("": [])"), "4:1", {"an arm needs a name"}},
      {config("", R"("a/b": [])"), "4:1", {"names a folder"}},
      {config("", R"("..": [])"), "4:1", {"names a folder"}},
      {config("", R"("ä": [])"), "4:1", {"names a folder"}},
      {config("", "\"" + std::string(201, 'a') + "\": []"), "4:1", {"too long"}},
      {config("\"train.batch\": {\"" + std::string(201, 'a') + "\": 5, \"b\": 7}"),
       "1:82",
       {"/grid", "too long", "shorter labels"}},
      {config(R"("train.batch": {"a b": 5, "a_b": 7})"),
       "1:82",
       {"one folder", "letters or digits"}},
      {config(R"("optimizer": {"a": {"lr": 0.3}, "b": {"lr": 0.4}})"), "1:82", {"the same run"}},
      {config("", R"("none": [])", R"("seed": 9223372036854775807)"),
       "5:9",
       {"/seed", "too large"}},
      {config("", R"("a": [], "a": [])"), "4:10", {"/arms/a", "given before, at 4:1"}},
      // The reference.
      {config("", R"("none": [], "light": [])", R"("reference": "nome")"),
       "5:14",
       {"/reference", "\"nome\" is no arm", "none, light", "did you mean \"none\"?"}},
      {config("", R"("none": [])", R"("reference": 5)"), "5:14", {"/reference", "a text"}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    CHECK(fault(errors_in(test.text), in_file(test.place), test.words) == "");
  }
}

TEST_CASE("arms that are missing or no object") {
  const std::string start =
      R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"})";
  CHECK(fault(errors_in(start + "}"), in_file("1:1"), {"/arms", "required, but missing"}) == "");
  CHECK(fault(errors_in(start + ",\n\"arms\": []}"), in_file("2:9"), {"/arms", "such as"}) == "");
  CHECK(fault(errors_in(start + ",\n\"arms\": {}}"), in_file("2:9"), {"/arms", "such as"}) == "");
}

TEST_CASE("several mistakes are told together, from top to bottom") {
  const Texts lines =
      errors_in(config(R"("train": {"a": {"batch": 0}, "b": {"bach": 1}})",
                       R"("light": [{"type": "dropout", "rate": 2}])", R"("sede": 1)"));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with(in_file("3:26: /grid/train/a/batch")));
  CHECK(lines[1].starts_with(in_file("3:36: /grid/train/b/bach")));
  CHECK(lines[2].starts_with(in_file("4:39: /arms/light/0/rate")));
  CHECK(lines[3].starts_with(in_file("5:1: /sede")));
}

TEST_CASE("data that no value of the grid completes") {
  const auto with = [](const std::string& data) {
    return R"({"model": {"type": "lstm"}, "arms": {"none": []}, "grid": {"data":
)" + data + "}}";
  };
  CHECK(fault(errors_in(with(R"({"a": {"path": "rows.csv"}})")), in_file("2:7"),
              {"/grid/data/a/target", "required"}) == "");
  CHECK(fault(errors_in(R"({"arms": {"none": []}, "data": {"path": "rows.csv", "target": "y"}})"),
              in_file("1:1"), {"/model", "required"}) == "");
}

TEST_CASE("what the command line set is blamed on it") {
  const std::string text = config(R"("train": {"a": {"batch": 3}})", R"("a": [{"type": "none"}])");
  CHECK(fault(errors_in(text, {"grid.train.a.batch=0"}), "-o grid.train.a.batch=…", {"0"}) == "");
  CHECK(fault(errors_in(text, {"grid.data.window=[3, 0]"}), "-o grid.data.window=…",
              {"/grid/data.window/1: 0"}) == "");
  CHECK(fault(errors_in(text, {"arms.a.0.rate=1"}), "-o arms.a.0.rate=…", {"/arms/a/0/rate"}) ==
        "");
  CHECK(fault(errors_in(text, {"arms.a.1.rate=1"}), "-o arms.a.1.rate=…", {"index"}) == "");
  CHECK(fault(errors_in(text, {"trials=0"}), "-o trials=…", {"0"}) == "");
  CHECK(fault(errors_in(text, {"arms.x/y=[]"}), "-o arms.x/y=…", {"names a folder"}) == "");
  // No such axis yet: it is taken as a value of "train".
  CHECK(fault(errors_in(text, {"grid.train.epochs=[1, 2]"}), "-o grid.train.epochs=…",
              {"/grid/train/epochs", "expected an object"}) == "");
}

TEST_CASE("a comparison too large to mean it") {
  const Texts lines =
      errors_in(config(R"("train.batch": [1,2,3])", R"("none": [])", R"("trials": 10000)"));
  CHECK(fault(lines, in_file("1:82"), {"/grid", "1000000 trials"}) == "");
  CHECK(errors_in(config("", R"("none": [])", R"("trials": 10000)")) == Texts{});
}

TEST_CASE("blocks that one name would fit") {
  const std::string text = config(R"("train.batch": {"a b": 1, "a_b": 2})");
  CHECK(fault(errors_in(text), in_file("1:82"), {"two blocks", "\"rows-lstm-1-0.1-a_b\""}) == "");
}

TEST_CASE("--only names what is there") {
  const std::string text = config("", R"("none": [], "light": [])", R"("reference": "light")");
  const auto only = [&text](const Texts& parts) { return errors_in(text, {}, parts); };
  CHECK(only({"arms=light"}) == Texts{});
  CHECK(fault(only({"arms=lihgt"}), "--only arms=lihgt", {"(known: none, light)", "\"light\"?"}) ==
        "");
  CHECK(fault(only({"data.windw=3"}), "--only data.windw=3",
              {"AXIS=LABEL", "arms, data.window, optimizer.lr", "did you mean"}) == "");
  CHECK(fault(only({"data.window"}), "--only data.window", {"AXIS=LABEL"}) == "");
  CHECK(fault(only({"data.window="}), "--only data.window=", {"AXIS=LABEL"}) == "");
  CHECK(fault(only({"data.window=11"}), "--only data.window=11", {"known: 1, 2, 3"}) == "");
  CHECK(fault(only({"arms=none"}), in_file("5:14"),
              {"/reference", "\"light\"", "left out by --only", "-o reference"}) == "");
}

}  // namespace
}  // namespace espalier
