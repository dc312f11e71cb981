#pragma once

#include "apps/commands/command.h"

namespace espalier {

/// `espalier schema`: the JSON Schema of a config, for editors.
void add_schema(Command& app);

}  // namespace espalier
