#pragma once

#include <string>
#include <vector>

namespace espalier {

/// `espalier check`: reads the config and everything it names, builds the network, and prints the
/// resolved config; trains nothing and writes nothing.
void check(const std::string& config_path, const std::vector<std::string>& overrides);

}  // namespace espalier
