#include "apps/config/schema.h"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {
namespace {

using nlohmann::json;

json small_schema() {
  return json::parse(schema_json(testing::small_catalogue()));
}

TEST_CASE("the schema holds every section and refuses unknown keys") {
  const json schema = small_schema();
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["required"] == json::array({"data", "model"}));
  CHECK(schema["additionalProperties"] == false);
  for (const char* key : {"$schema", "name", "seed", "protocol", "data", "model", "optimizer",
                          "lr_schedules", "regularizers", "train"}) {
    CAPTURE(key);
    CHECK(schema["properties"].contains(key));
  }
  CHECK(schema["properties"].size() == 10);
  const json& data = schema["properties"]["data"];
  CHECK(data["required"] == json::array({"path", "target"}));
  CHECK(data["additionalProperties"] == false);
  CHECK_FALSE(schema["properties"]["train"].contains("required"));
}

TEST_CASE("every setting of a section has a description, and a default unless it is required") {
  const json schema = small_schema();
  const auto check_section = [&](const char* name, std::span<const SettingSpec> specs) {
    const json& properties = schema["properties"][name]["properties"];
    CHECK(properties.size() == specs.size());
    for (const SettingSpec& spec : specs) {
      CAPTURE(spec.name);
      REQUIRE(properties.contains(spec.name));
      CHECK(properties[spec.name]["description"].get<std::string>().starts_with(spec.help));
      CHECK(properties[spec.name].contains("default") == !spec.required);
    }
  };
  check_section("data", data_settings());
  check_section("train", train_settings());
}

TEST_CASE("types, ranges, choices and defaults are those of the specs") {
  const json schema = small_schema();
  const json& data = schema["properties"]["data"]["properties"];
  const json& train = schema["properties"]["train"]["properties"];
  CHECK(train["epochs"]["type"] == "integer");
  CHECK(train["epochs"]["minimum"] == 1);
  CHECK(train["epochs"]["default"] == 20);
  CHECK(train["patience"]["type"] == json::array({"integer", "null"}));
  CHECK(train["loss"]["enum"] == json::array({"mse", "mae", "quantile"}));
  CHECK(train["quantiles"]["type"] == json::array({"array", "null"}));
  CHECK(train["quantiles"]["contains"]["const"] == 0.5);
  CHECK(train["quantiles"]["default"] == nullptr);
  CHECK(train["restore_best"]["description"].get<std::string>().ends_with(
      "Default under author: false."));
  CHECK(data["decimal"]["enum"] == json::array({".", ",", nullptr}));
  CHECK(data["decimal"]["type"] == json::array({"string", "null"}));
  CHECK(data["split"]["items"]["exclusiveMinimum"] == 0);
  CHECK(data["split"]["default"] == json::array({0.7, 0.1, 0.2}));
  CHECK(data["split"]["maxItems"] == 3);
  REQUIRE(data["time"]["anyOf"].size() == 3);
  CHECK(data["time"]["anyOf"][0]["type"] == "string");
  CHECK(data["time"]["anyOf"][1]["maxItems"] == 2);
  CHECK(data["time"]["anyOf"][2]["type"] == "null");
  CHECK(data["missing_markers"]["anyOf"].size() == 2);
}

TEST_CASE("each component has its own keys, chosen by its type") {
  const json schema = small_schema();
  const json& model = schema["properties"]["model"];
  CHECK(model["required"] == json::array({"type"}));
  CHECK(model["properties"]["type"]["enum"] == json::array({"lstm"}));
  const json& regularizer = schema["properties"]["regularizers"]["items"];
  CHECK(regularizer["properties"]["type"]["enum"] == json::array({"none", "dropout"}));
  REQUIRE(regularizer["allOf"].size() == 2);
  const json& dropout = regularizer["allOf"][1];
  CHECK(dropout["if"]["properties"]["type"]["const"] == "dropout");
  CHECK(dropout["if"]["required"] == json::array({"type"}));
  CHECK(dropout["then"]["additionalProperties"] == false);
  CHECK(dropout["then"]["properties"].size() == 2);
  CHECK(dropout["then"]["properties"]["rate"]["maximum"] == 1.0);
}

TEST_CASE("schedules of the learning rate are a list, empty by default") {
  const json schema = small_schema();
  const json& schedules = schema["properties"]["lr_schedules"];
  CHECK(schedules["type"] == "array");
  CHECK(schedules["default"] == json::array());
  CHECK(schedules["items"]["required"] == json::array({"type"}));
  CHECK(schedules["items"]["properties"]["type"]["enum"] == json::array({"step"}));
  const json& step = schedules["items"]["allOf"][0]["then"]["properties"];
  CHECK(step["gamma"]["exclusiveMinimum"] == 0);
}

TEST_CASE("an optimizer without a type is the default one") {
  const json schema = small_schema();
  const json& optimizer = schema["properties"]["optimizer"];
  CHECK_FALSE(optimizer.contains("required"));
  CHECK(optimizer["default"] == json{{"type", "adam"}});
  CHECK_FALSE(optimizer["allOf"][0]["if"].contains("required"));
  CHECK(optimizer["allOf"][0]["then"]["properties"]["lr"]["exclusiveMinimum"] == 0);
}

}  // namespace
}  // namespace espalier
