#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/protocol.h"
#include "core/settings.h"

namespace espalier {

/// What a registry says of one of its entries: enough to list it, to write its JSON schema and to
/// check a config against it.
struct ComponentInfo {
  /// As written in a config's "type".
  std::string name;
  /// One sentence.
  std::string summary;
  std::vector<SettingSpec> settings = {};
  /// What no single spec can say: relations between settings, limits that depend on the protocol.
  /// Called with complete settings that each pass their spec. Returns what is wrong and how to mend
  /// it, in one line, or an empty text. An empty function checks nothing.
  std::function<std::string(const Settings&, Protocol)> check = {};
  /// False of a model without parameters, which can't learn what a loss asks for.
  bool trainable = true;
};

}  // namespace espalier
