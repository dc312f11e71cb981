#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace espalier {

/// -o KEY=VALUE and --seed N, for a command that takes a config.
void add_overrides(CLI::App& command, std::vector<std::string>& overrides);

}  // namespace espalier
