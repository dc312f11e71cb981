#pragma once

#include <string>

#include "apps/manual/command_description.h"

namespace espalier {

/// Scripts that teach a shell to complete the program's command line: commands, options, words of a
/// set, files and folders.
std::string bash_completion(const CommandDescription& program);
std::string zsh_completion(const CommandDescription& program);
std::string fish_completion(const CommandDescription& program);

/// `text` in single quotes, for any of these shells.
std::string shell_quoted(const std::string& text);

}  // namespace espalier
