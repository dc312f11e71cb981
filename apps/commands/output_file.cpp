#include "apps/commands/output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "apps/commands/output.h"
#include "apps/config/text.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/descriptor.h"

namespace espalier {

namespace {

namespace fs = std::filesystem;

/// Why no file can be made at `path`; empty if one can. It is tried, as permissions don't tell all.
std::string obstacle(const std::string& path) {
  const std::string trial = path + ".partial";  // as write_file_atomically makes it
  const Descriptor made(trial, O_WRONLY | O_CREAT | O_EXCL);
  if (made.is_open()) {
    ::unlink(trial.c_str());
    return "";
  }
  if (errno != EEXIST) return std::strerror(errno);
  const Descriptor found(trial, O_WRONLY | O_NONBLOCK);
  return found.is_open() ? "" : fmt::format("{} is in the way ({})", trial, std::strerror(errno));
}

/// What is wrong with `path` as a file to write; empty: nothing.
std::string problem_of(const fs::path& path, std::span<const std::string> inputs) {
  std::error_code ignored;
  const fs::path folder = path.parent_path();
  if (path.empty()) return "there is no name";
  if (!folder.empty() && !fs::is_directory(folder, ignored)) {
    return fmt::format("there is no folder {}", on_one_line(folder.string()));
  }
  if (fs::is_directory(path, ignored)) return "it is a directory";
  if (!fs::exists(path, ignored)) {
    if (fs::is_symlink(path, ignored)) return "it is a link to nothing";
  } else if (!fs::is_regular_file(path, ignored)) {
    return "it is no ordinary file";
  }
  const bool is_input = std::ranges::any_of(inputs, [&](const std::string& input) {
    return input == path || fs::equivalent(input, path, ignored);
  });
  if (is_input) return "this command reads it, or it belongs to the run";
  const std::string reason = obstacle(path.string());
  return reason.empty() ? "" : "it can't be written: " + reason;
}

}  // namespace

std::string output_path(const std::string& option, const std::string& path,
                        std::span<const std::string> inputs) {
  std::error_code ignored;
  fs::path target = path;
  if (fs::is_symlink(target, ignored) && fs::exists(target, ignored)) {
    target = fs::canonical(target, ignored);
  }
  const std::string problem = problem_of(target, inputs);
  if (problem.empty()) return target.string();
  if (option.empty()) {
    throw UsageError(
        fmt::format("{}: {}; name another file with --output", on_one_line(path), problem));
  }
  throw UsageError(fmt::format("{} {}: {}; name another file", option,
                               path.empty() ? "\"\"" : on_one_line(path), problem));
}

TextOutput::TextOutput(const std::optional<std::string>& file,
                       std::span<const std::string> inputs) {
  if (file) path_ = output_path("--output", *file, inputs);
}

void TextOutput::write(std::string_view text) const {
  if (path_.empty()) return print_output(text);
  write_file_atomically(path_, text);
}

}  // namespace espalier
