#include "apps/commands/graph.h"

#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/commands/output.h"
#include "apps/commands/output_file.h"
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

/// Large graphs take minutes.
constexpr std::chrono::minutes drawing_limit(15);

std::string drawing(const std::string& dot, const std::string& output) {
  GraphDrawing drawn = draw_graph(dot, drawing_limit);
  if (drawn.problem.empty()) return std::move(drawn.svg);
  throw Error(
      fmt::format("{}: {}; a .dot file takes no Graphviz", on_one_line(output), drawn.problem));
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
  const std::string inputs[]{options.config_path, config.data.path,
                             config.train.init_from.value_or("")};
  const TextOutput output(options.output, inputs);
  const ForecastingTask task = load_task(config.data, config.protocol);
  Learner learner = make_learner(config, task.frame);
  const std::string dot = graph_dot(profile_step(config, task, learner, repetitions));
  output.write(svg ? drawing(dot, *options.output) : dot);
}

void add_graph(Command& app) {
  Command* command = app.add_subcommand(
      "graph", "Draw the computation graph of one training step, with times and memory");
  auto options = std::make_shared<GraphOptions>();
  add_config(*command, options->config_path);
  add_overrides(*command, options->overrides);
  command
      ->add_option("--output", options->output,
                   "Write to a file instead of stdout: .dot, or .svg by Graphviz")
      ->type_name("FILE");
  command->callback([options] { graph(*options); });
}

}  // namespace espalier
