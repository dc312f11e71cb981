#pragma once

#include <string>
#include <vector>

#include "apps/commands/command.h"

namespace espalier {

/// -o KEY=VALUE and --seed N, for a command that takes a config.
void add_overrides(Command& command, std::vector<std::string>& overrides);

}  // namespace espalier
