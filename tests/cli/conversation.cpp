#include "tests/cli/conversation.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/tested_programs.h"

namespace espalier::test {

namespace {

void close_once(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

Conversation::Conversation(const std::vector<std::string>& arguments, const std::string& folder,
                           const std::string& err_to) {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  const std::string binary = espalier_binary();
  std::vector<char*> argv{const_cast<char*>(binary.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int err = ::open(err_to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no new process");
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    // What has been freed counts as free at once, under the address sanitizer too.
    ::setenv("ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0", 1);
    if (::chdir(folder.c_str()) == 0) ::execv(binary.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err);
  to_ = in[1];
  from_ = out[0];
}

Conversation::~Conversation() {
  close_once(to_);
  close_once(from_);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Conversation::say(const std::string& text) const {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(to_, text.data() + written, text.size() - written);
    if (count < 0) throw std::runtime_error("it doesn't listen");
    written += static_cast<std::size_t>(count);
  }
}

std::string Conversation::hear() {
  std::size_t end = 0;
  while ((end = heard_.find('\n')) == std::string::npos) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(from_, buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error("it says nothing more");
    heard_.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const std::string line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return line;
}

void Conversation::hang_up() {
  close_once(to_);
}

void Conversation::stop_listening() {
  close_once(from_);
}

void Conversation::signal(int number) const {
  ::kill(pid_, number);
}

long Conversation::memory() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string word; status >> word;) {
    long kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  throw std::runtime_error("its memory isn't told");
}

int Conversation::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace espalier::test
