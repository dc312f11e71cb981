#include "apps/commands/graph.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/commands/arguments.h"
#include "apps/commands/output.h"
#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "apps/graph/graph_dot.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Steps to time; the medians over them are shown.
constexpr int repetitions = 21;

std::string drawing(const std::string& dot, const std::string& output) {
  const std::optional<std::string> svg = graph_svg(dot);
  if (svg) return *svg;
  throw Error(
      fmt::format("{}: to draw an SVG takes Graphviz's dot, which isn't installed: "
                  "apt-get install graphviz, or write a .dot file",
                  on_one_line(output)));
}

}  // namespace

void graph(const GraphOptions& options) {
  const bool svg = options.output && options.output->ends_with(".svg");
  if (options.output && !svg && !options.output->ends_with(".dot")) {
    throw UsageError(
        fmt::format("--output: {} ends in neither .dot nor .svg, which says what is "
                    "to be written",
                    in_quotes(*options.output)));
  }
  const Config config =
      read_config(options.config_path, options.overrides, registered_components());
  const ForecastingTask task = load_task(config.data, config.protocol);
  Learner learner = make_learner(config, task.frame);
  const std::string dot = graph_dot(profile_step(config, task, learner, repetitions));
  if (!options.output) return print_output(dot);
  write_file_atomically(*options.output, svg ? drawing(dot, *options.output) : dot);
}

void add_graph(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "graph", "Draw the computation graph of one training step, with times and memory");
  auto options = std::make_shared<GraphOptions>();
  command->add_option("config", options->config_path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, options->overrides);
  command
      ->add_option("--output", options->output,
                   "Write to a file instead of stdout: .dot, or .svg by Graphviz")
      ->type_name("FILE");
  command->callback([options] { graph(*options); });
}

}  // namespace espalier
