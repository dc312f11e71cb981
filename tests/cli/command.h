#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace espalier::test {

/// How a command ended and what it said.
struct Outcome {
  /// As a shell gives it: 128 + signal where a signal ended the process.
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// What a command finds when it starts.
struct Surroundings {
  /// Current directory; empty: that of the test.
  std::string folder = {};
  /// Its standard input.
  std::string input = {};
  /// Where stdout goes instead of to the test, e.g. "/dev/full".
  std::string out_to = {};
  /// The same for stderr.
  std::string err_to = {};
  /// Starts it without any of the three standard streams.
  bool streams_closed = false;
  /// Bytes beyond which the system refuses to let a file grow, as on a full disk.
  std::optional<std::uint64_t> largest_file = {};
};

/// A running espalier.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments, const Surroundings& around = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills it if nobody waited.
  ~Process();

  void signal(int number) const;
  bool running();
  /// Reads what it says until it ends.
  Outcome wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

/// Runs espalier to its end.
Outcome run(const std::vector<std::string>& arguments, const Surroundings& around = {});

/// Writes a file, with the folders it needs.
void write_text(const std::string& path, const std::string& text);
/// The whole file; throws if it can't be read.
std::string read_text(const std::string& path);
bool exists(const std::string& path);

}  // namespace espalier::test
