#include "apps/config/json_text.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/text.h"

namespace espalier {

std::string describe(const nlohmann::json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return "the number " + value.dump();
  if (value.is_string()) return "the text " + in_quotes(value.get_ref<const std::string&>());
  if (value.is_object()) return "an object";
  return value.empty() ? "an empty list" : fmt::format("a list of {}", value.size());
}

std::string expected_type(const SettingSpec& spec) {
  const char* type = "";
  switch (spec.type) {
    case SettingType::boolean:
      type = "true or false";
      break;
    case SettingType::integer:
      type = "an integer";
      break;
    case SettingType::number:
      type = "a number";
      break;
    case SettingType::text:
      type = "a text";
      break;
    case SettingType::numbers:
      type = "a list of numbers";
      break;
    case SettingType::texts:
      type = "a text or a list of texts";
      break;
  }
  return fmt::format("{}{}", type, spec.nullable ? " or null" : "");
}

std::string expected_range(const SettingSpec& spec) {
  std::string range;
  if (std::isfinite(spec.minimum)) {
    range = fmt::format("{} {}", spec.minimum_exclusive ? "above" : "at least", spec.minimum);
  }
  if (std::isfinite(spec.maximum)) {
    range += fmt::format("{}at most {}", range.empty() ? "" : " and ", spec.maximum);
  }
  return range;
}

}  // namespace espalier
