#include "apps/run/run_directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/file.h>
#include <utility>

#include <fmt/format.h>

#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace fs = std::filesystem;

namespace {

constexpr const char* resolved_name = "config.resolved.json";

/// Everything a run writes, for --force to remove and nothing else. The mark of a run goes last, so
/// that a run half removed can still be removed.
constexpr std::array entries{
    "config.json",  "meta.json",     "metrics.jsonl", "metrics.json", "pruning.jsonl",
    "timing.jsonl", "forecasts.csv", "checkpoints",   "model",        resolved_name,
};

/// Returns `path`.
const std::string& create_folder(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) {
    throw Error(fmt::format("cannot create the run directory {}: {}; choose another with --out",
                            path, failure.message()));
  }
  return path;
}

/// The first line in which two texts differ.
std::string first_difference(const std::string& a, const std::string& b) {
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  const auto line_around = [at](const std::string& text) {
    const std::size_t from = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    std::string line = text.substr(from, text.find('\n', at) - from);
    return line.substr(std::min(line.size(), line.find_first_not_of(' ')));
  };
  return fmt::format("{} there, {} now", line_around(a), line_around(b));
}

}  // namespace

RunDirectory::RunDirectory(std::string path, Mode mode, const std::string& resolved_config)
    : path_(std::move(path)), folder_(create_folder(path_), O_RDONLY | O_DIRECTORY) {
  lock();
  if (mode == Mode::fresh && holds_anything()) {
    throw UsageError(fmt::format(
        "the run directory {} is not empty: go on with its run by --resume, replace it by --force, "
        "or choose another with --out",
        path_));
  }
  if (mode == Mode::force) {
    remove_earlier_run();
    write_file_atomically(file(resolved_name), resolved_config);
  } else {
    adopt(resolved_config);
  }
  create_folder(file("checkpoints"));
  create_folder(file("model"));
}

bool RunDirectory::has(const std::string& name) const {
  return fs::exists(file(name));
}

void RunDirectory::lock() const {
  if (!folder_.is_open()) {
    throw Error(fmt::format("cannot open the run directory {}: {}", path_, std::strerror(errno)));
  }
  // Any other failure means a file system without locks: the run goes on unguarded.
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(fmt::format("another process is working in the run directory {}", path_));
  }
}

bool RunDirectory::holds_anything() const {
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (entry.path().extension() != ".partial") return true;
  }
  return false;
}

void RunDirectory::remove_earlier_run() {
  if (!holds_anything()) return;
  if (!has(resolved_name)) {
    throw UsageError(fmt::format(
        "{} holds files but no run (there is no {}), so --force leaves it alone: choose another "
        "with --out",
        path_, resolved_name));
  }
  for (const char* entry : entries) {
    std::error_code failure;
    fs::remove_all(file(entry), failure);
    if (failure) {
      throw Error(fmt::format("cannot remove {}: {}", file(entry), failure.message()));
    }
  }
}

void RunDirectory::adopt(const std::string& resolved_config) {
  if (!has(resolved_name)) {
    if (holds_anything()) {
      throw UsageError(fmt::format(
          "{} holds files but no run to resume (there is no {}): choose another with --out", path_,
          resolved_name));
    }
    write_file_atomically(file(resolved_name), resolved_config);
    return;
  }
  const std::string there = read_file(file(resolved_name));
  if (there != resolved_config) {
    throw UsageError(fmt::format(
        "the run in {} was begun with another config ({}): give the same one to --resume it, or "
        "replace it by --force",
        path_, first_difference(there, resolved_config)));
  }
}

}  // namespace espalier
