#pragma once

namespace espalier {

/// Runs the command that the arguments name. Returns the exit code, one of
/// apps/cli/exit_codes.h.
int run_command_line(int argc, char** argv);

}  // namespace espalier
