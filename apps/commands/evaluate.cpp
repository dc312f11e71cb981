#include "apps/commands/evaluate.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/arguments.h"
#include "apps/commands/output_file.h"
#include "apps/evaluation/evaluation.h"
#include "apps/notice.h"
#include "apps/run/run_directory.h"

namespace espalier {

namespace {

struct EvaluateOptions {
  EvaluationRequest request;
  /// File to write to; empty optional: stdout.
  std::optional<std::string> output;
  EvaluationDetails details;
  bool json = false;
  bool quiet = false;
};

void evaluate_and_tell(const EvaluateOptions& options) {
  std::vector<std::string> inputs = files_of_run(options.request.run);
  inputs.push_back(options.request.input);
  const TextOutput output(options.output, inputs);
  const Evaluation evaluation = evaluate(options.request);
  if (!options.quiet) tell_notes(evaluation.notes);
  const std::string text = options.json
                               ? evaluation_json(options.request, evaluation)
                               : evaluation_table(options.request, evaluation, options.details);
  output.write(text);
}

}  // namespace

void add_evaluate(Command& app) {
  Command* command =
      app.add_subcommand("evaluate", "Score a finished run on every window of a file");
  auto options = std::make_shared<EvaluateOptions>();
  EvaluationRequest& request = options->request;
  add_run(*command, request.run);
  command->add_option("--input", request.input, "CSV file with the columns of the run's data")
      ->required()
      ->type_name("FILE");
  add_levels(*command, request.levels,
             "Score conformal intervals of these levels in per cent, too, e.g. 80,95");
  command->add_flag("--by-step", options->details.by_step,
                    "The errors at each step of the horizon, too");
  command->add_flag("--by-series", options->details.by_series, "The errors in each series, too");
  command->add_option("--batch", request.batch, "Windows to forecast at a time; changes no number")
      ->type_name("N")
      ->check(whole_number(1, 1'000'000));
  command->add_option("--output", options->output, "Write to a file instead of stdout")
      ->type_name("FILE");
  add_threads(*command, request.threads, "Threads; changes no number");
  command->add_flag("--json", options->json, "One JSON object instead of tables");
  command->add_flag("--quiet", options->quiet, "No notes on stderr");
  command->callback([options] { evaluate_and_tell(*options); });
}

}  // namespace espalier
