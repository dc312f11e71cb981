#include <algorithm>
#include <fstream>
#include <regex>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/read_comparison.h"
#include "apps/config/schema.h"
#include "apps/config/sections.h"
#include "tests/apps/small_comparison.h"

namespace espalier {
namespace {

using nlohmann::json;

json comparison_schema() {
  return json::parse(comparison_schema_json(testing::two_models()));
}

/// Whether two schemas are equal but for what they say of one key.
bool equal_but(json a, json b, const char* key) {
  a.erase(key);
  b.erase(key);
  return a == b;
}

TEST_CASE("a comparison's schema is a run's without regularizers, and with what compares") {
  const json schema = comparison_schema();
  const json run = json::parse(schema_json(testing::two_models()));
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["title"] != run["title"]);
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == json::array({"arms"}));
  const json& properties = schema["properties"];
  for (const auto& [key, value] : run["properties"].items()) {
    CAPTURE(key);
    CHECK(properties.contains(key) == (key != "regularizers"));
    if (key == "regularizers") continue;
    CHECK(equal_but(properties[key], value, "required"));
  }
  CHECK(properties.size() == run["properties"].size() - 1 + 5);
  // The grid may give path, target and type.
  CHECK_FALSE(properties["data"].contains("required"));
  CHECK_FALSE(properties["model"].contains("required"));
  for (const SettingSpec& spec : comparison_settings()) {
    CAPTURE(spec.name);
    REQUIRE(properties.contains(spec.name));
    CHECK(properties[spec.name]["description"] == spec.help);
  }
  CHECK(properties["trials"]["type"] == "integer");
  CHECK(properties["trials"]["minimum"] == 1);
  CHECK(properties["trials"]["default"] == 5);
  CHECK(properties["reference"]["type"] == json::array({"string", "null"}));
}

TEST_CASE("the schema of an arm is a list of regularizers, or one for each model") {
  const json arms = comparison_schema()["properties"]["arms"];
  const json run = json::parse(schema_json(testing::two_models()));
  CHECK(arms["type"] == "object");
  CHECK(arms["minProperties"] == 1);
  const json& either = arms["additionalProperties"]["anyOf"];
  REQUIRE(either.size() == 2);
  CHECK(equal_but(either[0], run["properties"]["regularizers"], "default"));
  CHECK_FALSE(either[0].contains("default"));
  CHECK(either[1]["type"] == "object");
  CHECK(either[1]["additionalProperties"] == either[0]);
}

TEST_CASE("names that the schema lets pass are those that reading does") {
  const json properties = comparison_schema()["properties"];
  const std::regex arm(properties["arms"]["propertyNames"]["pattern"].get<std::string>());
  const std::regex path(properties["grid"]["propertyNames"]["pattern"].get<std::string>());
  const auto text = [](const std::string& name, const std::string& axis) {
    return R"({"data": {"path": "rows.csv", "target": "y"}, "model": {"type": "lstm"},
      "lr_schedules": [{"type": "step"}], "arms": {")" +
           name + R"(": []}, "grid": {")" + axis + R"(": {"label": 3}}})";
  };
  for (const char* name : {"none", "a.b", "A-1_x", "a/b", "a b", "", "\u00e4"}) {
    CAPTURE(name);
    CHECK(std::regex_search(name, arm) == testing::errors_in(text(name, "data.window")).empty());
  }
  for (const char* axis : {"data.window", "train.epochs", "optimizer.lr", "model.hidden",
                           "lr_schedules.0.gamma", "seed", "regularizers", "protocol", "name", "",
                           "train.", "train..epochs", ".train", "databased.window", "arms"}) {
    CAPTURE(axis);
    CHECK(std::regex_search(axis, path) == testing::errors_in(text("none", axis)).empty());
  }
}

TEST_CASE("what the grid varies has the schema of a run's setting") {
  const json properties = comparison_schema()["properties"];
  const json& grid = properties["grid"];
  const auto check_section = [&](const std::string& name, std::span<const SettingSpec> specs) {
    for (const SettingSpec& spec : specs) {
      CAPTURE(spec.name);
      const json& setting = properties[name]["properties"][spec.name];
      REQUIRE(grid["properties"].contains(name + "." + spec.name));
      const json& varied = grid["properties"][name + "." + spec.name];
      CHECK(varied["description"] == setting["description"]);
      CHECK(varied["anyOf"][0]["type"] == "array");
      CHECK(varied["anyOf"][0]["items"] == setting);
      CHECK(varied["anyOf"][0]["minItems"] == 1);
      CHECK(varied["anyOf"][1]["type"] == "object");
      CHECK(varied["anyOf"][1]["additionalProperties"] == setting);
    }
  };
  check_section("data", data_settings());
  check_section("train", train_settings());
  CHECK(grid["properties"].size() == data_settings().size() + train_settings().size());
  CHECK(grid["additionalProperties"]["anyOf"].size() == 2);
}

TEST_CASE("every key of the configs that are shipped is in the schema") {
  const json properties =
      json::parse(comparison_schema_json(registered_components()))["properties"];
  for (const char* name : {"paper_author.json", "paper_honest.json"}) {
    CAPTURE(name);
    std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/configs/" + name);
    const json config = json::parse(file, nullptr, true, true);
    for (const auto& [key, value] : config.items()) {
      CAPTURE(key);
      CHECK(properties.contains(key));
    }
    const std::regex path(properties["grid"]["propertyNames"]["pattern"].get<std::string>());
    for (const auto& [key, value] : config["grid"].items()) CHECK(std::regex_search(key, path));
  }
}

}  // namespace
}  // namespace espalier
