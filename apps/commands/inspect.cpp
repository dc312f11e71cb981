#include "apps/commands/inspect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/commands/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/graph/graph_dot.h"
#include "apps/inspect/inspection.h"
#include "apps/inspect/page.h"
#include "apps/notice.h"
#include "apps/report/report.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/descriptor.h"

namespace espalier {

namespace {

/// A drawing of more nodes takes minutes to make, and nobody could read it.
constexpr std::size_t most_drawn_nodes = 300;

struct InspectOptions {
  std::string run;
  /// Empty: inspect.html in the run's directory.
  std::string output;
  int threads = 1;
  bool quiet = false;
  bool json = false;
};

/// Why no file can be made at `path`; empty if one can. It is tried, as permissions don't tell all.
std::string obstacle(const std::string& path) {
  const std::string trial = path + ".partial";  // as write_file_atomically makes it
  const Descriptor file(trial, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return errno == EEXIST ? "" : std::strerror(errno);
  ::unlink(trial.c_str());
  return "";
}

/// What can't be written is told before training, not after it.
std::string page_path(const InspectOptions& options) {
  const bool of_run = options.output.empty();
  const std::string path = of_run ? options.run + "/inspect.html" : options.output;
  const auto refuse = [&](const std::string& problem, const char* way_out) {
    throw UsageError(fmt::format("{}{}: {}; {} another file{}", of_run ? "" : "--output ", path,
                                 problem, way_out, of_run ? " with --output" : ""));
  };
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    refuse(fmt::format("there is no folder {}", folder.string()), "make it, or name");
  }
  if (std::filesystem::is_directory(path, ignored)) refuse("it is a directory", "name");
  const std::string reason = obstacle(path);
  if (!reason.empty()) refuse("it can't be written: " + reason, "name");
  return path;
}

int inspect(const InspectOptions& options) {
  const FinishedRun run = read_finished_run(options.run, registered_components());
  const std::string path = page_path(options);
  const auto inspection = inspect_run(run, options.threads, options.quiet);
  if (!inspection) {
    notice("interrupted; nothing was written\n");
    return exit_codes::interrupted;
  }
  PageParts parts{.chart_library = installed_chart_library(), .graph_svg = std::nullopt};
  if (inspection->nodes.size() <= most_drawn_nodes) {
    parts.graph_svg = graph_svg(graph_dot(inspection->nodes));
  }
  write_file_atomically(path, page_html(*inspection, parts));
  print_output(options.json ? inspection_json(*inspection, path) : inspection_text(*inspection));
  if (!options.quiet && !options.json) notice("The page is {}.\n", path);
  return exit_codes::success;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "inspect", "Train a finished run again and show its weights, masks and ops as a page");
  auto options = std::make_shared<InspectOptions>();
  options->threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command->add_option("run", options->run, "Directory of a finished run")
      ->required()
      ->type_name("RUN");
  command->add_option("--output", options->output, "Page to write (default: RUN/inspect.html)")
      ->type_name("FILE");
  command
      ->add_option("--threads", options->threads,
                   "Threads for scoring; changes no number (default: all cores)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--quiet", options->quiet, "No progress on stderr");
  command->add_flag("--json", options->json, "Print the summary as one JSON object");
  command->callback([options, &exit_code] { exit_code = inspect(*options); });
}

}  // namespace espalier
