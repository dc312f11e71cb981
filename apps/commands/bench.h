#pragma once

#include "apps/cli/command.h"

namespace espalier {

/// `espalier bench`: times a training step and a forward pass of models at their default sizes on
/// random data, one thread, beside what the machine's matrix products alone take.
void add_bench(Command& app);

}  // namespace espalier
