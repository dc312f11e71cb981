#include "core/settings.h"

#include "core/error.h"

namespace espalier {

namespace {

template <typename T>
const T& held(const SettingValue& value, std::string_view name, const char* type) {
  if (const T* found = std::get_if<T>(&value)) return *found;
  throw Error("[settings] \"" + std::string(name) + "\" is not " + type);
}

}  // namespace

Settings Settings::defaults(std::span<const SettingSpec> specs, Protocol protocol) {
  Settings settings;
  for (const SettingSpec& spec : specs) {
    const bool author = protocol == Protocol::author && spec.author_default;
    settings.set(spec.name, author ? *spec.author_default : spec.default_value);
  }
  return settings;
}

void Settings::set(std::string_view name, SettingValue value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

const SettingValue& Settings::at(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    throw Error("[settings] no setting is named \"" + std::string(name) + "\"");
  }
  return found->second;
}

bool Settings::is_null(std::string_view name) const {
  return std::holds_alternative<std::monostate>(at(name));
}

bool Settings::boolean(std::string_view name) const {
  return held<bool>(at(name), name, "a boolean");
}

std::int64_t Settings::integer(std::string_view name) const {
  return held<std::int64_t>(at(name), name, "an integer");
}

double Settings::number(std::string_view name) const {
  const SettingValue& value = at(name);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*integer);
  }
  return held<double>(value, name, "a number");
}

const std::string& Settings::text(std::string_view name) const {
  return held<std::string>(at(name), name, "a text");
}

const std::vector<double>& Settings::numbers(std::string_view name) const {
  return held<std::vector<double>>(at(name), name, "a list of numbers");
}

const std::vector<std::string>& Settings::texts(std::string_view name) const {
  return held<std::vector<std::string>>(at(name), name, "a list of texts");
}

}  // namespace espalier
