#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier check CONFIG`: reads the config and everything it names, builds the network, prints
/// the resolved config, and proves that no later row leaks into training or forecasts; trains
/// nothing and writes nothing. Exits with 1 where something leaks that the protocol doesn't ask
/// for.
void add_check(Command& app, int& exit_code);

}  // namespace espalier
