#include "apps/config/check_settings.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/json_text.h"
#include "apps/config/nearest.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

using nlohmann::json;

bool fits_64_bits(const json& integer) {
  if (integer.is_number_float()) {
    // 2^63, the first integer too large; exact in double.
    constexpr double limit = 9223372036854775808.0;
    const auto number = integer.get<double>();
    return number >= -limit && number < limit;
  }
  return !integer.is_number_unsigned() || std::in_range<std::int64_t>(integer.get<std::uint64_t>());
}

/// Checks one value; the functions return nothing after telling the diagnostics why.
class ValueCheck {
 public:
  ValueCheck(const SettingSpec& spec, Diagnostics& diagnostics)
      : spec_(spec), diagnostics_(diagnostics) {}

  std::optional<SettingValue> check(const json& value, const std::string& pointer) {
    if (value.is_null() && spec_.nullable) return SettingValue(std::monostate());
    switch (spec_.type) {
      case SettingType::boolean:
        if (!value.is_boolean()) return wrong_type(value, pointer);
        return SettingValue(value.get<bool>());
      case SettingType::integer:
        return integer(value, pointer);
      case SettingType::number:
        if (!value.is_number()) return wrong_type(value, pointer);
        return in_range(value, pointer) ? std::optional<SettingValue>(value.get<double>())
                                        : std::nullopt;
      case SettingType::text:
        if (!value.is_string()) return wrong_type(value, pointer);
        return is_choice(value, pointer) ? std::optional<SettingValue>(value.get<std::string>())
                                         : std::nullopt;
      case SettingType::numbers:
        return numbers(value, pointer);
      case SettingType::texts:
        return texts(value, pointer);
    }
    return std::nullopt;
  }

 private:
  std::nullopt_t wrong_type(const json& value, const std::string& pointer,
                            const std::string& expected) {
    std::string message = fmt::format("expected {}, found {}", expected, describe(value));
    if (value.is_string() && spec_.type != SettingType::texts) {
      const json bare = json::parse(value.get_ref<const std::string&>(), nullptr, false);
      const bool is_number =
          bare.is_number() && spec_.type != SettingType::text && spec_.type != SettingType::boolean;
      const bool is_boolean = bare.is_boolean() && spec_.type == SettingType::boolean;
      if (is_number || is_boolean) message += ": write it without quotes";
    }
    diagnostics_.at_value(pointer, std::move(message));
    return std::nullopt;
  }

  std::nullopt_t wrong_type(const json& value, const std::string& pointer) {
    return wrong_type(value, pointer, expected_type(spec_));
  }

  bool in_range(const json& value, const std::string& pointer) {
    const auto number = value.get<double>();
    const bool above = spec_.minimum_exclusive ? number > spec_.minimum : number >= spec_.minimum;
    if (above && number <= spec_.maximum) return true;
    diagnostics_.at_value(pointer, fmt::format("{} is out of range: expected {} {}", value.dump(),
                                               noun(), expected_range(spec_)));
    return false;
  }

  const char* noun() const {
    return spec_.type == SettingType::integer ? "an integer" : "a number";
  }

  std::optional<SettingValue> integer(const json& value, const std::string& pointer) {
    if (!value.is_number()) return wrong_type(value, pointer);
    const auto number = value.get<double>();
    if (std::trunc(number) != number) return wrong_type(value, pointer);
    if (!in_range(value, pointer)) return std::nullopt;
    if (!fits_64_bits(value)) {
      diagnostics_.at_value(pointer, fmt::format("{} is out of range: expected an integer that "
                                                 "fits 64 bits",
                                                 value.dump()));
      return std::nullopt;
    }
    return SettingValue(value.get<std::int64_t>());
  }

  bool is_choice(const json& value, const std::string& pointer) {
    const auto& text = value.get_ref<const std::string&>();
    const std::vector<std::string>& choices = spec_.choices;
    if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) {
      return true;
    }
    diagnostics_.at_value(pointer,
                          fmt::format("expected one of \"{}\", found {}{}", join(choices, "\", \""),
                                      in_quotes(text), suggestion(text, choices)));
    return false;
  }

  std::optional<SettingValue> numbers(const json& value, const std::string& pointer) {
    if (!value.is_array()) return wrong_type(value, pointer);
    bool valid = true;
    std::vector<double> result;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string entry = pointer_to(pointer, i);
      if (!value[i].is_number()) {
        wrong_type(value[i], entry, "a number");
        valid = false;
      } else if (!in_range(value[i], entry)) {
        valid = false;
      } else {
        result.push_back(value[i].get<double>());
      }
    }
    return valid ? std::optional<SettingValue>(std::move(result)) : std::nullopt;
  }

  std::optional<SettingValue> texts(const json& value, const std::string& pointer) {
    if (value.is_string()) {
      if (!is_choice(value, pointer)) return std::nullopt;
      return SettingValue(std::vector<std::string>{value.get<std::string>()});
    }
    if (!value.is_array()) return wrong_type(value, pointer);
    bool valid = true;
    std::vector<std::string> result;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string entry = pointer_to(pointer, i);
      if (!value[i].is_string()) {
        wrong_type(value[i], entry, "a text");
        valid = false;
      } else if (!is_choice(value[i], entry)) {
        valid = false;
      } else {
        result.push_back(value[i].get<std::string>());
      }
    }
    return valid ? std::optional<SettingValue>(std::move(result)) : std::nullopt;
  }

  const SettingSpec& spec_;
  Diagnostics& diagnostics_;
};

void check_keys(const json& object, const std::string& pointer,
                const std::vector<std::string>& known, Diagnostics& diagnostics) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    diagnostics.at_key(pointer_to(pointer, key),
                       fmt::format("unknown key {} (known here: {}){}", in_quotes(key),
                                   join(known, ", "), suggestion(key, known)));
  }
}

}  // namespace

bool check_is_object(const json& value, const std::string& pointer, Diagnostics& diagnostics) {
  if (value.is_object()) return true;
  diagnostics.at_value(pointer, fmt::format("expected an object, found {}", describe(value)));
  return false;
}

std::optional<SettingValue> check_value(const json& value, const std::string& pointer,
                                        const SettingSpec& spec, Diagnostics& diagnostics) {
  return ValueCheck(spec, diagnostics).check(value, pointer);
}

Settings check_settings(const json& object, const std::string& pointer,
                        std::span<const SettingSpec> specs, Protocol protocol,
                        std::span<const std::string> other_keys, Diagnostics& diagnostics) {
  Settings settings = Settings::defaults(specs, protocol);
  std::vector<std::string> known;
  for (const SettingSpec& spec : specs) known.push_back(spec.name);
  known.insert(known.end(), other_keys.begin(), other_keys.end());
  check_keys(object, pointer, known, diagnostics);
  for (const SettingSpec& spec : specs) {
    const auto given = object.find(spec.name);
    if (given == object.end()) {
      if (spec.required) {
        diagnostics.missing(
            pointer, spec.name,
            fmt::format("required, but missing: expected {}. {}", expected_type(spec), spec.help));
      }
      continue;
    }
    const std::string place = pointer_to(pointer, spec.name);
    std::optional<SettingValue> value = check_value(*given, place, spec, diagnostics);
    if (value) settings.set(spec.name, std::move(*value));
  }
  return settings;
}

}  // namespace espalier
