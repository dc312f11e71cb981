#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/graph/graph_dot.h"
#include "core/error.h"

namespace espalier {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// Files rather than pipes: neither side ever waits for the other.
File temporary_file() {
  File file(std::tmpfile(), std::fclose);
  if (file == nullptr) {
    throw Error(fmt::format("cannot make a temporary file for dot: {}", std::strerror(errno)));
  }
  return file;
}

void write_all(std::FILE* file, const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (!written || std::fflush(file) != 0) {
    throw Error(fmt::format("cannot write a temporary file for dot: {}", std::strerror(errno)));
  }
  std::rewind(file);
}

std::string read_all(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char part[4096];
  for (std::size_t count = 0; (count = std::fread(part, 1, sizeof(part), file)) > 0;) {
    text.append(part, count);
  }
  return text;
}

/// Runs `dot -Tsvg` from one file to another. Returns posix_spawnp's error, 0 if it ran.
int run_dot(std::FILE* in, std::FILE* out, std::FILE* err, int& status) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(err), STDERR_FILENO);
  std::string words[] = {"dot", "-Tsvg"};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "dot", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return failed;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return 0;
}

}  // namespace

std::optional<std::string> graph_svg(const std::string& dot) {
  const File in = temporary_file();
  const File out = temporary_file();
  const File err = temporary_file();
  write_all(in.get(), dot);
  int status = 0;
  const int failed = run_dot(in.get(), out.get(), err.get(), status);
  if (failed == ENOENT || failed == EACCES) return std::nullopt;
  if (failed != 0) throw Error(fmt::format("cannot start dot: {}", std::strerror(failed)));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string said = read_all(err.get());
    throw Error(fmt::format("Graphviz's dot could not draw the graph: {}",
                            said.empty() ? "it said nothing" : said.substr(0, said.find('\n'))));
  }
  return read_all(out.get());
}

}  // namespace espalier
