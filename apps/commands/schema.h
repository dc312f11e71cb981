#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier schema`: the JSON Schema of a config, for editors.
void add_schema(Command& app);

}  // namespace espalier
