#include "core/settings.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/support/errors.h"

namespace espalier::test {

namespace {

std::vector<SettingSpec> specs() {
  return {
      {.name = "hidden",
       .type = SettingType::integer,
       .default_value = std::int64_t{64},
       .help = "Units."},
      {.name = "rate",
       .type = SettingType::number,
       .default_value = 0.25,
       .help = "Share.",
       .author_default = 0.5},
      {.name = "limit",
       .type = SettingType::number,
       .default_value = std::monostate{},
       .help = "Limit.",
       .nullable = true,
       .author_default = 1.0},
      {.name = "bias", .type = SettingType::boolean, .default_value = true, .help = "Bias."},
      {.name = "kind", .type = SettingType::text, .default_value = "cubic", .help = "Kind."},
      {.name = "split",
       .type = SettingType::numbers,
       .default_value = std::vector{0.7, 0.3},
       .help = "Shares."},
      {.name = "sites",
       .type = SettingType::texts,
       .default_value = std::vector<std::string>{"head"},
       .help = "Sites."},
  };
}

}  // namespace

TEST_CASE("defaults hold every spec's value, of its own type") {
  const Settings settings = Settings::defaults(specs(), Protocol::honest);
  CHECK(settings.values().size() == specs().size());
  CHECK(settings.integer("hidden") == 64);
  CHECK(settings.number("rate") == 0.25);
  CHECK(settings.is_null("limit"));
  CHECK(!settings.is_null("rate"));
  CHECK(settings.boolean("bias"));
  CHECK(settings.text("kind") == "cubic");
  CHECK(settings.numbers("split") == std::vector{0.7, 0.3});
  CHECK(settings.texts("sites") == std::vector<std::string>{"head"});
}

TEST_CASE("defaults differ under the author protocol only where a spec says so") {
  const Settings settings = Settings::defaults(specs(), Protocol::author);
  CHECK(settings.number("rate") == 0.5);
  CHECK(settings.number("limit") == 1.0);
  CHECK(settings.integer("hidden") == 64);
}

TEST_CASE("set replaces a value") {
  Settings settings = Settings::defaults(specs(), Protocol::honest);
  settings.set("rate", 0.75);
  settings.set("limit", 3.0);
  CHECK(settings.number("rate") == 0.75);
  CHECK(settings.number("limit") == 3.0);
  settings.set("limit", std::monostate{});
  CHECK(settings.is_null("limit"));
}

TEST_CASE("an integer is accepted as a number, a number not as an integer") {
  Settings settings;
  settings.set("n", std::int64_t{3});
  settings.set("x", 3.0);
  CHECK(settings.number("n") == 3.0);
  CHECK(wrong_error([&] { settings.integer("x"); }, {"\"x\"", "integer"}) == "");
}

TEST_CASE("a setting of another type or of no known name is refused by name") {
  const Settings settings = Settings::defaults(specs(), Protocol::honest);
  CHECK(wrong_error([&] { settings.number("speed"); }, {"no setting", "\"speed\""}) == "");
  CHECK(wrong_error([&] { settings.is_null("speed"); }, {"no setting", "\"speed\""}) == "");
  CHECK(wrong_error([&] { settings.boolean("hidden"); }, {"\"hidden\"", "boolean"}) == "");
  CHECK(wrong_error([&] { settings.number("kind"); }, {"\"kind\"", "number"}) == "");
  CHECK(wrong_error([&] { settings.number("limit"); }, {"\"limit\"", "number"}) == "");
  CHECK(wrong_error([&] { settings.text("rate"); }, {"\"rate\"", "text"}) == "");
  CHECK(wrong_error([&] { settings.numbers("sites"); }, {"\"sites\"", "numbers"}) == "");
  CHECK(wrong_error([&] { settings.texts("split"); }, {"\"split\"", "texts"}) == "");
}

}  // namespace espalier::test
