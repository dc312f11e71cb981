#pragma once

#include <memory>
#include <utility>

#include "models/registry.h"

namespace espalier::test {

/// A registered model at its defaults, but small enough for many of them, or for differences in
/// every parameter.
inline Settings small_settings(const ComponentInfo& info, Protocol protocol = Protocol::honest) {
  Settings settings = Settings::defaults(info.settings, protocol);
  const std::pair<const char*, std::int64_t> sizes[]{
      {"hidden", 6}, {"layers", 2}, {"embed", 4}, {"heads", 2}, {"feed_forward", 5}, {"kernel", 3}};
  for (const auto& [name, size] : sizes) {
    if (settings.values().contains(name)) settings.set(name, size);
  }
  return settings;
}

}  // namespace espalier::test
