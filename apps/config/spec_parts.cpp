#include "apps/config/spec_parts.h"

#include <utility>

namespace espalier {

namespace {

constexpr std::int64_t million = 1'000'000;

}  // namespace

SettingSpec text_setting(std::string name, SettingValue default_value, std::string help) {
  return {.name = std::move(name),
          .type = SettingType::text,
          .default_value = std::move(default_value),
          .help = std::move(help)};
}

SettingSpec optional_text(std::string name, std::string help) {
  SettingSpec spec = text_setting(std::move(name), std::monostate(), std::move(help));
  spec.nullable = true;
  return spec;
}

SettingSpec required_text(std::string name, std::string help) {
  SettingSpec spec = text_setting(std::move(name), std::string(), std::move(help));
  spec.required = true;
  return spec;
}

SettingSpec one_of(std::vector<std::string> choices, SettingSpec spec) {
  spec.choices = std::move(choices);
  return spec;
}

SettingSpec texts_setting(std::string name, SettingValue default_value, std::string help) {
  const bool nullable = std::holds_alternative<std::monostate>(default_value);
  return {.name = std::move(name),
          .type = SettingType::texts,
          .default_value = std::move(default_value),
          .help = std::move(help),
          .nullable = nullable};
}

SettingSpec required_texts(std::string name, std::string help) {
  SettingSpec spec = texts_setting(std::move(name), std::vector<std::string>(), std::move(help));
  spec.required = true;
  return spec;
}

SettingSpec count_setting(std::string name, SettingValue default_value, std::string help) {
  const bool nullable = std::holds_alternative<std::monostate>(default_value);
  return {.name = std::move(name),
          .type = SettingType::integer,
          .default_value = std::move(default_value),
          .help = std::move(help),
          .minimum = 1,
          .maximum = static_cast<double>(million),
          .nullable = nullable};
}

SettingSpec flag_setting(std::string name, bool default_value, std::string help) {
  return {.name = std::move(name),
          .type = SettingType::boolean,
          .default_value = default_value,
          .help = std::move(help)};
}

std::optional<std::string> text_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.text(name);
}

std::optional<std::int64_t> integer_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.integer(name);
}

std::optional<double> number_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.number(name);
}

std::optional<std::vector<std::string>> texts_or_null(const Settings& settings,
                                                      std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.texts(name);
}

}  // namespace espalier
