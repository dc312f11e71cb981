#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier backtest CONFIG`: trains and forecasts from several cutoffs in the past and scores
/// each. Sets `exit_code` to 0, or to 130 if it was interrupted (and can be resumed).
void add_backtest(Command& app, int& exit_code);

}  // namespace espalier
