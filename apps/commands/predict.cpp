#include "apps/commands/predict.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output_file.h"
#include "apps/commands/predict_stream.h"
#include "apps/notice.h"
#include "apps/prediction/prediction.h"
#include "apps/run/run_directory.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

struct PredictOptions {
  PredictionRequest request;
  /// File to write to; empty optional: stdout.
  std::optional<std::string> output;
  bool json = false;
  bool quiet = false;
  bool stream = false;
  /// Of the stream; empty optional: as the first line shows.
  std::optional<std::string> format;
  bool latency = false;
};

void predict_and_tell(const PredictOptions& options) {
  std::vector<std::string> inputs = files_of_run(options.request.run);
  inputs.push_back(options.request.input);
  const TextOutput output(options.output, inputs);
  const Prediction prediction = predict(options.request);
  if (!options.quiet) tell_notes(prediction.notes);
  const std::string text =
      options.json ? prediction_json(options.request, prediction) : prediction_csv(prediction);
  output.write(text);
}

int run_predict(const PredictOptions& options) {
  if (options.stream) {
    std::optional<StreamFormat> format;
    if (options.format) format = *options.format == "csv" ? StreamFormat::csv : StreamFormat::jsonl;
    return predict_stream({.run = options.request.run,
                           .horizon = options.request.horizon,
                           .format = format,
                           .latency = options.latency});
  }
  predict_and_tell(options);
  return exit_codes::success;
}

void add_stream(Command& command, PredictOptions& options) {
  CommandOption* stream = command.add_flag(
      "--stream", options.stream, "Rows from stdin instead, each forecast as soon as it can be");
  for (const char* other : {"--rolling", "--output", "--json", "--level"}) stream->excludes(other);
  command
      .add_option("--format", options.format,
                  "Of the stream, in and out: csv or jsonl (default: as its first line shows)")
      ->type_name("FORMAT")
      ->check(one_of({"csv", "jsonl"}))
      ->needs("--stream");
  command
      .add_flag("--latency", options.latency,
                "Tell at the end of the stream how long its rows took: p50 and p99")
      ->needs("--stream");
}

}  // namespace

void add_predict(Command& app, int& exit_code) {
  Command* command =
      app.add_subcommand("predict", "Forecast after the rows of a file with a finished run");
  auto options = std::make_shared<PredictOptions>();
  PredictionRequest& request = options->request;
  add_run(*command, request.run);
  command->add_option("--input", request.input, "CSV file with the columns of the run's data")
      ->type_name("FILE");
  command->add_option("--horizon", request.horizon, "Steps to forecast (default: all it can)")
      ->type_name("H")
      ->check(whole_number());
  command->add_flag("--rolling", request.rolling,
                    "Forecast from every row that has a whole window before it, too");
  add_levels(*command, request.levels,
             "Intervals meant to hold so many per cent of the values, e.g. 80,95");
  command
      ->add_option_function(
          "--intervals",
          [&request](const std::string& name) { request.intervals = interval_method_named(name); },
          "split: of one width, from the run's validation; rolling: learning from the file's own "
          "rows (default: split)")
      ->type_name("METHOD")
      ->check(one_of({"split", "rolling"}))
      ->needs("--level");
  command->add_option("--output", options->output, "Write to a file instead of stdout")
      ->type_name("FILE");
  add_threads(*command, request.threads, "Threads; changes no number");
  command->add_flag("--json", options->json, "One JSON object instead of CSV");
  command->add_flag("--quiet", options->quiet, "No notes on stderr");
  add_stream(*command, *options);
  command->callback([options, &exit_code] {
    const bool has_input = !options->request.input.empty();
    if (has_input == options->stream) {
      throw UsageError(has_input
                           ? "--stream reads stdin: leave --input out"
                           : "--input is required: name a CSV file, or --stream to read stdin");
    }
    exit_code = run_predict(*options);
  });
}

}  // namespace espalier
