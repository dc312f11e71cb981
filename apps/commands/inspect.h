#pragma once

namespace espalier {

class Command;

/// `espalier inspect RUN`: trains a finished run again with an onlooker, tells of its parameters
/// and of one training step, and writes inspect.html. `exit_code` becomes 130 if it was
/// interrupted.
void add_inspect(Command& app, int& exit_code);

}  // namespace espalier
