#include "core/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/descriptor.h"
#include "core/error.h"

namespace espalier {

namespace {

[[noreturn]] void fail_by_errno(const std::string& action, const std::string& path) {
  throw Error(action + " " + path + ": " + std::strerror(errno));
}

/// Fails for the reason in errno and leaves no half-written file behind.
[[noreturn]] void give_up(const std::string& partial, const std::string& action,
                          const std::string& path) {
  const int reason = errno;
  ::unlink(partial.c_str());
  errno = reason;
  fail_by_errno(action, path);
}

}  // namespace

void write_file_atomically(const std::string& path, std::string_view content) {
  const std::string partial = path + ".partial";
  {
    const Descriptor file(partial, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open()) fail_by_errno("cannot write", path);
    if (!file.write(content) || ::fsync(file.get()) != 0) {
      give_up(partial, "cannot write", path);
    }
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) give_up(partial, "cannot replace", path);
  const std::size_t slash = path.rfind('/');
  const Descriptor folder(slash == std::string::npos ? "." : path.substr(0, slash + 1),
                          O_RDONLY | O_DIRECTORY);
  if (folder.is_open()) ::fsync(folder.get());
}

std::string read_file(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (!file.is_open()) fail_by_errno("cannot read", path);
  std::string content;
  std::string buffer(1 << 16, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_by_errno("cannot read", path);
    if (count == 0) return content;
    content.append(buffer, 0, static_cast<std::size_t>(count));
  }
}

}  // namespace espalier
