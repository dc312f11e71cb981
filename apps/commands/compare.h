#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier compare CONFIG`: every trial of a comparison, then its tables, tests and report. Exits
/// with 1 where a trial failed or is missing, with 130 if it was interrupted (and can be resumed).
void add_compare(Command& app, int& exit_code);

}  // namespace espalier
