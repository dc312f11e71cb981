#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier evaluate RUN --input FILE`: scores of a finished run's model on every window of a
/// file, beside naive forecasts.
void add_evaluate(Command& app);

}  // namespace espalier
