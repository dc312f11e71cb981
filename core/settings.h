#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/protocol.h"

namespace espalier {

/// What a setting can hold: nothing (null), a scalar, or a flat list.
using SettingValue = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                                  std::vector<double>, std::vector<std::string>>;

enum class SettingType { boolean, integer, number, text, numbers, texts };

/// Describes one setting of a registered component or config section. Validation, the JSON schema,
/// `espalier list` and error messages are all generated from this.
struct SettingSpec {
  std::string name;
  SettingType type;
  /// Value when the user gives none. `std::monostate` means null: "decided by the component".
  SettingValue default_value;
  /// One sentence; says the unit where there is one.
  std::string help;
  /// Inclusive bounds of an integer or number (or of each entry of a list of numbers).
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  /// True where `minimum` itself is not allowed (a learning rate must exceed 0).
  bool minimum_exclusive = false;
  /// Allowed texts; empty means any.
  std::vector<std::string> choices = {};
  /// True where null may be given explicitly.
  bool nullable = false;
  /// True where the user must give a value.
  bool required = false;
  /// Default under the `author` protocol, where it differs from `default_value`.
  std::optional<SettingValue> author_default = {};
};

/// Values for every spec of a component, complete: what the user left out has its default.
class Settings {
 public:
  Settings() = default;

  /// Every spec's default under `protocol`.
  static Settings defaults(std::span<const SettingSpec> specs, Protocol protocol);

  void set(std::string_view name, SettingValue value);

  bool is_null(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  /// An integer setting's value is accepted as a number too.
  double number(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  const std::vector<double>& numbers(std::string_view name) const;
  const std::vector<std::string>& texts(std::string_view name) const;

  /// All values, by name. The accessors above throw Error for a name that is not here.
  const std::map<std::string, SettingValue, std::less<>>& values() const { return values_; }

 private:
  const SettingValue& at(std::string_view name) const;

  std::map<std::string, SettingValue, std::less<>> values_;
};

}  // namespace espalier
