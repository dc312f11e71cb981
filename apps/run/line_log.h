#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/descriptor.h"

namespace espalier {

/// A file of lines that grows during a run (JSON Lines). Lines are buffered; `flush` brings them
/// to the disk. A checkpoint notes `flushed_bytes`, and a resumed run cuts the file back to it, so
/// that nothing that happened after the checkpoint is told twice.
class LineLog {
 public:
  /// Opens `path` and cuts it to its first `keep_bytes` bytes. Throws Error if it is shorter.
  LineLog(std::string path, std::int64_t keep_bytes);

  void append(std::string_view line);
  /// Throws Error naming the file and the reason; nothing flushed before is lost.
  void flush();

  std::int64_t flushed_bytes() const { return flushed_bytes_; }

 private:
  std::string path_;
  Descriptor file_;
  std::int64_t flushed_bytes_;
  std::string pending_;
};

}  // namespace espalier
