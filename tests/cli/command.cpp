#include "tests/cli/command.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/tested_programs.h"

namespace espalier::test {

namespace {

/// Exit code of a child that couldn't become espalier.
constexpr int could_not_start = 127;

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

int open_input(const std::string& text) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) throw std::runtime_error("no temporary file");
  std::fwrite(text.data(), 1, text.size(), file);
  std::rewind(file);
  const int copy = ::fcntl(::fileno(file), F_DUPFD_CLOEXEC, 0);
  std::fclose(file);
  return copy;
}

void limit_files(std::uint64_t largest) {
  ::signal(SIGXFSZ, SIG_IGN);  // the write then fails, as it does on a full disk
  const rlimit limit{largest, largest};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

/// Reads both until both are closed; one after the other could block the writer.
void drain(int out, int err, Outcome& outcome) {
  std::array<pollfd, 2> watched{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&outcome.out, &outcome.err};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t count = ::read(watched[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      } else {
        watched[i].fd = -1;
      }
    }
  }
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const Surroundings& around) {
  const std::string binary = espalier_binary();
  std::vector<char*> argv{const_cast<char*>(binary.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int input = open_input(around.input);
  const std::array<int, 2> out = make_pipe();
  const std::array<int, 2> err = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no new process");
  if (pid_ == 0) {
    const int out_end =
        around.out_to.empty() ? out[1] : ::open(around.out_to.c_str(), O_WRONLY | O_CLOEXEC);
    ::dup2(input, STDIN_FILENO);
    ::dup2(out_end, STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    if (!around.err_to.empty()) {
      ::dup2(::open(around.err_to.c_str(), O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    }
    if (around.streams_closed) {
      for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
    }
    // A shell may have started the tests with these ignored, and children inherit that.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    if (!around.folder.empty() && ::chdir(around.folder.c_str()) != 0) ::_exit(could_not_start);
    if (around.largest_file) limit_files(*around.largest_file);
    ::execv(binary.c_str(), argv.data());
    ::_exit(could_not_start);
  }
  ::close(input);
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (running()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
  }
  ::close(out_);
  ::close(err_);
}

void Process::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

bool Process::running() {
  if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !ended_;
}

Outcome Process::wait() {
  Outcome outcome;
  drain(out_, err_, outcome);
  if (!ended_) ::waitpid(pid_, &status_, 0);
  ended_ = true;
  outcome.exit_code = WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
  return outcome;
}

Outcome run(const std::vector<std::string>& arguments, const Surroundings& around) {
  return Process(arguments, around).wait();
}

void write_text(const std::string& path, const std::string& text) {
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent);
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

bool exists(const std::string& path) {
  return std::filesystem::exists(path);
}

}  // namespace espalier::test
