#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier list`: every registered model, regularizer, optimizer and learning-rate schedule with
/// its settings.
void add_list(Command& app);

}  // namespace espalier
