#include "apps/run/output_directory.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/file.h>
#include <utility>

#include <fmt/format.h>

#include "apps/usage_error.h"

namespace espalier {

namespace fs = std::filesystem;

namespace {

/// Returns `path`.
const std::string& created(const std::string& path, const OutputKind& kind) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) {
    throw Error(fmt::format("cannot create the {} directory {}: {}; choose another with --out",
                            kind.noun, path, failure.message()));
  }
  return path;
}

}  // namespace

std::string first_difference(const std::string& there, const std::string& now) {
  std::size_t at = 0;
  while (at < there.size() && at < now.size() && there[at] == now[at]) ++at;
  const auto line_around = [at](const std::string& text) {
    const std::size_t from = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    std::string line = text.substr(from, text.find('\n', at) - from);
    return line.substr(std::min(line.size(), line.find_first_not_of(' ')));
  };
  return fmt::format("{} there, {} now", line_around(there), line_around(now));
}

OutputDirectory::OutputDirectory(std::string path, Mode mode, const OutputKind& kind)
    : path_(std::move(path)), kind_(kind), folder_(created(path_, kind), O_RDONLY | O_DIRECTORY) {
  lock();
  refuse_or_clear(mode);
}

bool OutputDirectory::has(const std::string& name) const {
  return fs::exists(file(name));
}

void OutputDirectory::create_folder(const std::string& name) const {
  created(file(name), kind_);
}

void OutputDirectory::lock() const {
  if (!folder_.is_open()) {
    throw Error(fmt::format("cannot open the {} directory {}: {}", kind_.noun, path_,
                            std::strerror(errno)));
  }
  // Any other failure means a file system without locks: the work goes on unguarded.
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(
        fmt::format("another process is working in the {} directory {}", kind_.noun, path_));
  }
}

void OutputDirectory::refuse_or_clear(Mode mode) const {
  if (!holds_anything()) return;
  if (mode == Mode::fresh) {
    throw UsageError(fmt::format(
        "the {0} directory {1} is not empty: go on with its {0} by --resume, replace it by --force, "
        "or choose another with --out",
        kind_.noun, path_));
  }
  if (!has(kind_.mark)) {
    throw UsageError(
        fmt::format("{} holds files but no {}{} (there is no {}){}: choose another "
                    "with --out",
                    path_, kind_.noun, mode == Mode::resume ? " to resume" : "", kind_.mark,
                    mode == Mode::force ? ", so --force leaves it alone" : ""));
  }
  if (mode == Mode::force) remove_earlier();
}

void OutputDirectory::remove_earlier() const {
  for (const char* entry : kind_.entries) {
    std::error_code failure;
    fs::remove_all(file(entry), failure);
    if (failure) {
      throw Error(fmt::format("cannot remove {}: {}", file(entry), failure.message()));
    }
  }
}

bool OutputDirectory::holds_anything() const {
  // A process killed in its first moments leaves folders and a file that it was writing.
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_)) {
    const bool folder = entry.is_directory() && !entry.is_symlink();
    if (!folder && entry.path().extension() != ".partial") return true;
  }
  return false;
}

}  // namespace espalier
