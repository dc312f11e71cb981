#pragma once

#include <span>
#include <string>

namespace espalier {

/// Where to write the file `path`, which the command line names by `option` (empty: which the
/// command has chosen itself): behind a symbolic link, what the link leads to. To be called before
/// the work whose result is to be written there. Throws UsageError unless a file can be made or
/// replaced there: for a folder, a device, a pipe, a place without permission, and for any of
/// `inputs`, the files that the command reads.
std::string output_path(const std::string& option, const std::string& path,
                        std::span<const std::string> inputs);

}  // namespace espalier
