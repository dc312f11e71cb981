#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

#include "apps/command_line.h"

namespace {

/// The next file opened would be given the number of a standard stream that is closed, and what is
/// printed would end up in that file. Opened the wrong way round, a stream still fails when used.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  // A file that grows past the user's limit is an error like a full disk, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  return espalier::run_command_line(argc, argv);
}
