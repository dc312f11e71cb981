#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// Where to write the file `path`, which the command line names by `option` (empty: which the
/// command has chosen itself): behind a symbolic link, what the link leads to. To be called before
/// the work whose result is to be written there. Throws UsageError unless a file can be made or
/// replaced there: for a folder, a device, a pipe, a place without permission, and for any of
/// `inputs`, the files that the command reads.
std::string output_path(const std::string& option, const std::string& path,
                        std::span<const std::string> inputs);

/// Where a command's text goes: into the file that --output names, or to stdout.
class TextOutput {
 public:
  /// Throws as output_path does.
  TextOutput(const std::optional<std::string>& file, std::span<const std::string> inputs);

  /// Throws Error where not all of it could be written.
  void write(std::string_view text) const;

 private:
  /// Empty: stdout.
  std::string path_;
};

}  // namespace espalier
