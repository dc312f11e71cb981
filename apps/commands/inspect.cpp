#include "apps/commands/inspect.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/cli/command.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/commands/output_file.h"
#include "apps/graph/graph_dot.h"
#include "apps/inspect/inspection.h"
#include "apps/inspect/page.h"
#include "apps/notice.h"
#include "apps/report/report.h"
#include "apps/run/run_directory.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

/// A drawing of more nodes takes minutes to make, and nobody could read it.
constexpr std::size_t most_drawn_nodes = 300;
constexpr std::chrono::minutes page_drawing_limit(1);

struct InspectOptions {
  std::string run;
  /// Empty optional: inspect.html in the run's directory.
  std::optional<std::string> output;
  int threads = 1;
  bool quiet = false;
  bool json = false;
};

/// What can't be written is told before training, not after it.
std::string page_path(const InspectOptions& options) {
  const std::string own_page = options.run + "/inspect.html";
  std::vector<std::string> files = files_of_run(options.run);
  std::erase(files, own_page);
  if (!options.output) return output_path("", own_page, files);
  return output_path("--output", *options.output, files);
}

GraphDrawing drawing(const std::vector<NodeProfile>& nodes) {
  if (nodes.size() > most_drawn_nodes) {
    return {.problem =
                fmt::format("of {} nodes there is no drawing; espalier graph makes it, in minutes",
                            nodes.size())};
  }
  return draw_graph(graph_dot(nodes), page_drawing_limit);
}

int inspect(const InspectOptions& options) {
  const FinishedRun run = read_finished_run(options.run, registered_components());
  const std::string path = page_path(options);
  const auto inspection = inspect_run(run, options.threads, options.quiet);
  if (!inspection) {
    notice("interrupted; nothing was written\n");
    return exit_codes::interrupted;
  }
  const PageParts parts{.chart_library = installed_chart_library(),
                        .drawing = drawing(inspection->nodes)};
  write_file_atomically(path, page_html(*inspection, parts));
  const std::string named = options.output.value_or(path);
  print_output(options.json ? inspection_json(*inspection, named) : inspection_text(*inspection));
  if (!options.quiet && !options.json) notice("The page is {}.\n", named);
  return exit_codes::success;
}

}  // namespace

void add_inspect(Command& app, int& exit_code) {
  Command* command = app.add_subcommand(
      "inspect", "Train a finished run again and show its weights, masks and ops as a page");
  auto options = std::make_shared<InspectOptions>();
  add_run(*command, options->run);
  command->add_option("--output", options->output, "Page to write (default: RUN/inspect.html)")
      ->type_name("FILE");
  add_threads(*command, options->threads, "Threads for scoring; changes no number");
  command->add_flag("--quiet", options->quiet, "No progress on stderr");
  command->add_flag("--json", options->json, "Print the summary as one JSON object");
  command->callback([options, &exit_code] { exit_code = inspect(*options); });
}

}  // namespace espalier
