#pragma once

#include <string>
#include <vector>

namespace espalier {

/// `espalier check`: reads the config and everything it names, builds the network, prints the
/// resolved config, and proves that no later row leaks into training or forecasts; trains nothing
/// and writes nothing. Returns the exit code: 0, or 1 where something leaks that the protocol
/// doesn't ask for.
int check(const std::string& config_path, const std::vector<std::string>& overrides);

}  // namespace espalier
