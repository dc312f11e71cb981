#pragma once

#include <string_view>

namespace espalier {

/// Writes a command's result to stdout and makes sure that it got there. Throws Error if it didn't
/// (a full disk behind a redirection).
void print_output(std::string_view text);

}  // namespace espalier
