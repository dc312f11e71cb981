#include "apps/config/spec_json.h"

#include <type_traits>

#include <nlohmann/json.hpp>

namespace espalier {

nlohmann::ordered_json to_json(const SettingValue& value) {
  return std::visit(
      [](const auto& held) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

nlohmann::ordered_json to_json(const SettingSpec& spec, const SettingValue& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  if (spec.type == SettingType::number && integer != nullptr) {
    return static_cast<double>(*integer);
  }
  return to_json(value);
}

}  // namespace espalier
