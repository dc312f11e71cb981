#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier export RUN --output FILE`: writes a run's model to one file, without the units and
/// heads that pruning has killed, and tells what that saves.
void add_export(Command& app);

}  // namespace espalier
