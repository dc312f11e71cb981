#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier train CONFIG`: one run from config to scores. Exits with 130 if it was interrupted
/// (and can be resumed).
void add_train(Command& app, int& exit_code);

}  // namespace espalier
