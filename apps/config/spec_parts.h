#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.h"

namespace espalier {

/// Shorthand for the settings of a config's sections. A default of std::monostate makes them
/// nullable.
SettingSpec text_setting(std::string name, SettingValue default_value, std::string help);
SettingSpec optional_text(std::string name, std::string help);
SettingSpec required_text(std::string name, std::string help);
/// `spec` with nothing but `choices` allowed.
SettingSpec one_of(std::vector<std::string> choices, SettingSpec spec);
SettingSpec texts_setting(std::string name, SettingValue default_value, std::string help);
SettingSpec required_texts(std::string name, std::string help);
/// 1 to a million.
SettingSpec count_setting(std::string name, SettingValue default_value, std::string help);
SettingSpec flag_setting(std::string name, bool default_value, std::string help);

/// Values of nullable settings.
std::optional<std::string> text_or_null(const Settings& settings, std::string_view name);
std::optional<std::int64_t> integer_or_null(const Settings& settings, std::string_view name);
std::optional<double> number_or_null(const Settings& settings, std::string_view name);
std::optional<std::vector<std::string>> texts_or_null(const Settings& settings,
                                                      std::string_view name);

/// The reverse.
template <typename T>
SettingValue value_or_null(const std::optional<T>& value) {
  return value ? SettingValue(*value) : SettingValue(std::monostate());
}

}  // namespace espalier
