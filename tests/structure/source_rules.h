#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace espalier::test {

/// A file of the project: its path from the root, and its text.
struct SourceFile {
  std::string path;
  std::string text;

  /// "core" for core/ops/add.cpp; the whole path for a file in the root.
  std::string folder() const;
};

/// All files below a folder of the source tree (or the folders given), in order of path.
std::vector<SourceFile> files_below(const std::vector<std::string>& folders);

bool is_cpp(const SourceFile& file);

// Each rule returns one line for every violation, "path:line: what is wrong".

/// A folder includes only itself and the folders below it; a system header with a home stays there.
std::vector<std::string> wrong_includes(const SourceFile& file);

/// Folders inside apps include each other one way: none that leads back, over others or at once.
std::vector<std::string> circular_includes(const std::vector<SourceFile>& files);

/// Names that regularizers/*.cpp register, taken from their text.
std::vector<std::string> registered_names(const std::vector<SourceFile>& regularizers);

/// Lines that name the plugin `name` ("weight_decay", also as "WeightDecay" or "weight decay").
/// Where the file's `settings` include that name, the setting itself (weight_decay, or
/// weight_decay_ as a member) is no mention.
std::vector<std::string> mentions(const SourceFile& file, const std::string& name,
                                  const std::vector<std::string>& settings = {});

/// Names of the settings that a component declares, for its .cpp and its .h alike; both are sought
/// in `files`.
std::vector<std::string> own_settings(const SourceFile& file, const std::vector<SourceFile>& files);

/// More than `limit` lines.
std::vector<std::string> too_long(const SourceFile& file, std::size_t limit);

/// Translation units below the folder of `build_file` (a CMakeLists.txt) that it doesn't name.
std::vector<std::string> not_built(const SourceFile& build_file,
                                   const std::vector<SourceFile>& sources);

}  // namespace espalier::test
