#include "apps/run/line_log.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

namespace {

[[noreturn]] void fail(const std::string& path) {
  throw Error(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

}  // namespace

LineLog::LineLog(std::string path, std::int64_t keep_bytes)
    : path_(std::move(path)), flushed_bytes_(keep_bytes) {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) fail(path_);
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail(path_);
  if (status.st_size < keep_bytes) {
    ::close(fd_);
    throw Error(
        fmt::format("{} has {} bytes, but the checkpoint was written when it had {}: the "
                    "run can't be resumed, only begun again with --force",
                    path_, status.st_size, keep_bytes));
  }
  if (::ftruncate(fd_, keep_bytes) != 0 || ::lseek(fd_, 0, SEEK_END) < 0) fail(path_);
}

LineLog::~LineLog() {
  if (fd_ >= 0) ::close(fd_);
}

void LineLog::append(std::string_view line) {
  pending_ += line;
  pending_ += '\n';
}

void LineLog::flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd_) != 0) fail(path_);
  flushed_bytes_ += std::ssize(pending_);
  pending_.clear();
}

}  // namespace espalier
