#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/chrono.h>
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

/// Starts `dot -Tsvg` from one file to another. Returns posix_spawnp's error, 0 if it runs.
int start_dot(std::FILE* in, std::FILE* out, std::FILE* err, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(err), STDERR_FILENO);
  std::string words[] = {"dot", "-Tsvg"};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  const int failed = posix_spawnp(&child, "dot", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/// The status that waitpid gives; nothing if the child had to be killed after `limit`.
std::optional<int> wait_for(pid_t child, std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= end) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return status;
}

/// Why there is no drawing.
std::string failure(int status, std::FILE* err) {
  const std::string said = read_all(err);
  if (!said.empty()) return said.substr(0, said.find('\n'));
  if (WIFSIGNALED(status)) return fmt::format("it was ended by signal {}", WTERMSIG(status));
  return fmt::format("it exited with {} and said nothing", WEXITSTATUS(status));
}

GraphDrawing run_dot(const std::string& dot, std::chrono::seconds limit) {
  const File in = temporary_file();
  const File out = temporary_file();
  const File err = temporary_file();
  write_all(in.get(), dot);
  pid_t child = 0;
  const int failed = start_dot(in.get(), out.get(), err.get(), child);
  if (failed == ENOENT || failed == EACCES) {
    return {.problem =
                "a drawing takes Graphviz's dot, which isn't installed: apt-get install "
                "graphviz"};
  }
  if (failed != 0) return {.problem = fmt::format("cannot start dot: {}", std::strerror(failed))};
  const std::optional<int> status = wait_for(child, limit);
  if (!status) {
    return {.problem = fmt::format("Graphviz's dot was still drawing after {}", limit)};
  }
  std::string svg = read_all(out.get());
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0 && svg.find("<svg") != std::string::npos) {
    return {.svg = std::move(svg)};
  }
  return {.problem = "Graphviz's dot could not draw the graph: " + failure(*status, err.get())};
}

}  // namespace

GraphDrawing draw_graph(const std::string& dot, std::chrono::seconds limit) {
  try {
    return run_dot(dot, limit);
  } catch (const Error& error) {
    // A full disk for temporary files must not cost the page that the drawing is for.
    return {.problem = error.what()};
  }
}

}  // namespace espalier
