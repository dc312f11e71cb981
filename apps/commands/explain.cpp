#include "apps/commands/explain.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/commands/output_file.h"
#include "apps/data/cell_text.h"
#include "apps/notice.h"
#include "apps/report/report.h"
#include "apps/run/run_directory.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

void check_units(const ExplainedWindow& window, const UnitChoice& units) {
  if (units.empty()) return;
  if (window.inside.recurrent_layers.empty()) {
    throw UsageError(
        fmt::format("--unit chooses units of recurrent layers, but the {} has none: leave it out",
                    window.model));
  }
  for (std::size_t layer = 0; layer < window.inside.recurrent_layers.size(); ++layer) {
    const std::size_t hidden = hidden_units(window, layer);
    const auto wrong = std::ranges::find_if(units, [hidden](std::int64_t unit) {
      return unit < 0 || static_cast<std::size_t>(unit) >= hidden;
    });
    if (wrong == units.end()) continue;
    throw UsageError(fmt::format("--unit is {}, but layer {} has {}: expected 0 to {}", *wrong,
                                 layer, counted(hidden, "unit"), hidden - 1));
  }
}

}  // namespace

int explain(const ExplainOptions& options) {
  std::string page;
  if (options.html) {
    page = output_path("--html", *options.html, files_of_run(options.request.run));
  }
  const ExplainedWindow window = explain_row(options.request);
  check_units(window, options.units);
  if (options.html) {
    write_file_atomically(page, explanation_page(window, options.units, installed_chart_library()));
  }
  if (options.json) {
    print_output(explanation_json(window));
  } else if (options.html) {
    print_output(fmt::format("{}\nThe page is in {}.\n", verdict(window), *options.html));
  } else {
    print_output(explanation_text(window, options.units));
  }
  const std::size_t wrong = window.inside.disagreements();
  if (wrong == 0) return exit_codes::success;
  notice("error: {} of {} derivatives disagree with their differences\n", wrong,
         window.inside.compared());
  return exit_codes::run_failed;
}

void add_explain(Command& app, int& exit_code) {
  Command* command = app.add_subcommand(
      "explain", "Show one window's way through a run's network, forward and backward, in numbers");
  auto options = std::make_shared<ExplainOptions>();
  add_run(*command, options->request.run);
  auto* row =
      command
          ->add_option("--row", options->request.row,
                       "Data row that the window forecasts first, counted from 1: the window "
                       "is the rows before it (default: the last scored)")
          ->type_name("N")
          ->check(whole_number());
  command
      ->add_option("--time", options->request.time,
                   "The same by its time, as column ds of forecasts.csv has it")
      ->type_name("TIME")
      ->excludes(row);
  command
      ->add_option("--unit", options->units,
                   "Unit of the recurrent layers to show, counted from 0 (repeatable; default: "
                   "those with the largest |h| at the end)")
      ->type_name("K")
      ->check(whole_number())
      ->allow_extra_args(false);
  command->add_flag_callback(
      "--all", [options] { options->request.most_compared = 0; },
      "Compare every derivative with a difference (default: up to 5 of each node)");
  command
      ->add_option("--break", options->request.broken_op,
                   "Make one derivative of each node of this op wrong by 1 %, to see it found out")
      ->type_name("OP");
  command->add_flag("--json", options->json, "Print every number as one JSON object");
  command->add_option("--html", options->html, "Write a page with charts instead")
      ->type_name("FILE");
  command->callback([options, &exit_code] { exit_code = explain(*options); });
}

}  // namespace espalier
