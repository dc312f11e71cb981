#include "apps/run/line_log.h"

#include <cerrno>
#include <cstring>
#include <iterator>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

namespace {

[[noreturn]] void fail(const std::string& path) {
  throw Error(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

}  // namespace

LineLog::LineLog(std::string path, std::int64_t keep_bytes)
    : path_(std::move(path)), file_(path_, O_WRONLY | O_CREAT), flushed_bytes_(keep_bytes) {
  struct stat status {};
  if (!file_.is_open() || ::fstat(file_.get(), &status) != 0) fail(path_);
  if (status.st_size < keep_bytes) {
    throw Error(fmt::format(
        "{} has {} bytes, but the checkpoint was written when it had {}: the run can't be resumed, "
        "only begun again with --force",
        path_, status.st_size, keep_bytes));
  }
  if (::ftruncate(file_.get(), keep_bytes) != 0 || ::lseek(file_.get(), 0, SEEK_END) < 0) {
    fail(path_);
  }
}

void LineLog::append(std::string_view line) {
  pending_ += line;
  pending_ += '\n';
}

void LineLog::flush() {
  if (!file_.write(pending_) || ::fsync(file_.get()) != 0) fail(path_);
  flushed_bytes_ += std::ssize(pending_);
  pending_.clear();
}

}  // namespace espalier
