#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace espalier::test {

/// An espalier that is talked to while it runs: lines in by a pipe, lines out by another. Its
/// stderr goes to a file.
class Conversation {
 public:
  Conversation(const std::vector<std::string>& arguments, const std::string& folder,
               const std::string& err_to);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  /// Kills it if nobody waited.
  ~Conversation();

  void say(const std::string& text) const;
  /// The next line without its end, waiting for it; throws if there is none.
  std::string hear();
  /// No more input.
  void hang_up();
  /// Nobody reads what it writes any more.
  void stop_listening();
  void signal(int number) const;
  /// Kilobytes of memory it has in use.
  long memory() const;
  /// Its exit code; 128 + signal where one ended it.
  int wait();

 private:
  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string heard_;
};

}  // namespace espalier::test
