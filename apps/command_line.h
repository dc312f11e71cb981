#pragma once

namespace espalier {

/// Runs the command that the arguments name. Returns the exit code: 0 ok, 1 the run failed, 2 the
/// command line or config is wrong, 130 interrupted.
int run_command_line(int argc, char** argv);

}  // namespace espalier
