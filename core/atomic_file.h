#pragma once

#include <string>
#include <string_view>

namespace espalier {

/// Replaces the file at `path` by `content` so that a reader, or a crash at any moment, finds
/// either the old file or the new one: the text goes to `path`.partial, to the disk, and is then
/// renamed. Throws Error naming the path and the system's reason.
void write_file_atomically(const std::string& path, std::string_view content);

/// The whole file. Throws Error naming the path and the system's reason.
std::string read_file(const std::string& path);

}  // namespace espalier
