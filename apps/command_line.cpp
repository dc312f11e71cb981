#include "apps/command_line.h"

#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/commands/arguments.h"
#include "apps/commands/backtest.h"
#include "apps/commands/bench.h"
#include "apps/commands/check.h"
#include "apps/commands/command.h"
#include "apps/commands/compare.h"
#include "apps/commands/evaluate.h"
#include "apps/commands/exit_codes.h"
#include "apps/commands/explain.h"
#include "apps/commands/export.h"
#include "apps/commands/gradcheck.h"
#include "apps/commands/graph.h"
#include "apps/commands/inspect.h"
#include "apps/commands/list.h"
#include "apps/commands/manual.h"
#include "apps/commands/output.h"
#include "apps/commands/predict.h"
#include "apps/commands/train.h"
#include "apps/comparison/read_comparison.h"
#include "apps/config/catalogue.h"
#include "apps/config/nearest.h"
#include "apps/config/schema.h"
#include "apps/config/text.h"
#include "apps/notice.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

void add_train(Command& app, int& exit_code) {
  Command* command = app.add_subcommand("train", "Train, score and write a run directory");
  auto options = std::make_shared<TrainOptions>();
  command->add_option("config", options->config_path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, options->overrides);
  add_output(*command, options, "run", "runs/NAME");
  add_threads(*command, options, "Threads for scoring; changes no number");
  command->callback([options, &exit_code] { exit_code = train(*options); });
}

void add_compare(Command& app, int& exit_code) {
  Command* command =
      app.add_subcommand("compare", "Run a grid of trials, test what differs, and write a report");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("config", options->config_path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, options->overrides);
  command
      ->add_option("--only", options->only,
                   "Keep a part of the grid or of the arms, e.g. data=seattle,sp500 (repeatable)")
      ->type_name("AXIS=LABEL,…")
      ->allow_extra_args(false);
  add_output(*command, options, "comparison", "runs/NAME");
  command
      ->add_flag("--dry-run", options->dry_run,
                 "Say how many trials, how long, and the smallest p attainable")
      ->excludes("--json");
  command
      ->add_option("--merge", options->merge,
                   "Take finished trials from these directories instead of running any")
      ->type_name("DIR");
  add_threads(*command, options, "Trials at a time; changes no number");
  command->callback([options, &exit_code] { exit_code = compare(*options); });
}

void add_check(Command& app, int& exit_code) {
  Command* command = app.add_subcommand(
      "check", "Check a config, prove that nothing leaks from the future, and print every default");
  auto path = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  command->add_option("config", *path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, *overrides);
  command->callback([path, overrides, &exit_code] { exit_code = check(*path, *overrides); });
}

void add_list(Command& app) {
  Command* command = app.add_subcommand(
      "list", "List models, regularizers, optimizers and schedules with their settings");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print as one JSON object");
  command->callback([json] { list(*json); });
}

void add_schema(Command& app) {
  Command* command = app.add_subcommand("schema", "Print the JSON Schema of a config, for editors");
  auto comparison = std::make_shared<bool>(false);
  command->add_flag("--comparison", *comparison, "Of a comparison's config instead of a run's");
  command->callback([comparison] {
    const Catalogue catalogue = registered_components();
    print_output(*comparison ? comparison_schema_json(catalogue) : schema_json(catalogue));
  });
}

void add_export(Command& app) {
  Command* command = app.add_subcommand(
      "export", "Write a run's model to one file, without units and heads that pruning killed");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("run", options->run, "Directory of a finished run")
      ->required()
      ->type_name("RUN");
  command->add_option("--output", options->output, "File to write")->required()->type_name("FILE");
  command
      ->add_option("--to", options->format,
                   "File format: safetensors (default), which PyTorch can load, or onnx")
      ->type_name("FORMAT")
      ->check(one_of({"safetensors", "onnx"}));
  command->add_flag("--dense", options->dense, "Keep dead units and heads");
  command->add_option("--seconds", options->seconds, "To measure for each time (default: 0.2)")
      ->type_name("S")
      ->check(number(0.001, 3600));
  command->add_flag("--json", options->json, "Print what was saved as one JSON object");
  command->callback([options] { export_model(*options); });
}

void add_bench(Command& app) {
  Command* command = app.add_subcommand("bench", "Time training steps and forecasts");
  auto options = std::make_shared<BenchOptions>();
  const Check sizes = whole_number(1, 100'000);
  command->add_option("--model", options->models, "Models (default: rnn lstm patch_transformer)")
      ->type_name("NAME")
      ->check(timed_model());
  command->add_option("--window", options->windows, "Rows of input (default: 1 8 30 60)")
      ->type_name("L")
      ->check(sizes);
  command->add_option("--batch", options->batches, "Windows per step (default: 64)")
      ->type_name("B")
      ->check(sizes);
  command
      ->add_option("--sparsity", options->sparsities,
                   "Shares of pruned weights (default: 0 0.5 0.7 0.8 0.9 0.95)")
      ->type_name("SHARE")
      ->check(number(0, 1));
  command->add_option("--features", options->features, "Columns of input (default: 8)")
      ->type_name("F")
      ->check(sizes);
  command
      ->add_option("--skip-pruned-from", options->skip_pruned_from,
                   "As train.skip_pruned_from (default: 0.6)")
      ->type_name("SHARE")
      ->check(number(0, 1));
  command->add_option("--seconds", options->seconds, "To measure for each figure (default: 0.2)")
      ->type_name("S")
      ->check(number(0.001, 3600));
  command->add_flag("--json", options->json, "Print a JSON list with one object for each case");
  command->callback([options] { bench(*options); });
}

/// CLI11 says that a command is missing even where the first word is one misspelt.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& error) {
  if (!app.get_subcommands().empty()) return error.what();
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::string expected = fmt::format("{}", fmt::join(names, ", "));
  const std::vector<std::string> unknown = app.remaining();
  if (unknown.empty()) return "no command given: expected one of " + expected;
  const std::string& word = unknown.front();
  return fmt::format("unknown {} {} (known: {}){}", word.starts_with('-') ? "option" : "command",
                     in_quotes(word), word.starts_with('-') ? "--help, --version" : expected,
                     suggestion(word, names));
}

int parse_and_run(int argc, char** argv) {
  int exit_code = exit_codes::success;
  CLI::App app("Trains time-series forecasters on a CPU while pruning them.", "espalier");
  app.set_version_flag("--version", std::string("espalier ") + ESPALIER_VERSION);
  app.require_subcommand(1);
  Command commands(&app);
  add_train(commands, exit_code);
  add_compare(commands, exit_code);
  add_check(commands, exit_code);
  add_list(commands);
  add_schema(commands);
  add_predict(commands, exit_code);
  add_evaluate(commands);
  add_backtest(commands, exit_code);
  add_export(commands);
  add_explain(commands, exit_code);
  add_bench(commands);
  add_gradcheck(commands, exit_code);
  add_graph(commands);
  add_inspect(commands, exit_code);
  add_manual(commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    notice("error: {}; see espalier --help\n", what_is_wrong(app, error));
    return exit_codes::usage_wrong;
  }
  return exit_code;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const UsageError& error) {
    notice("error: {}\n", error.what());
    return exit_codes::usage_wrong;
  } catch (const std::bad_alloc&) {
    notice("error: out of memory: lower train.batch, data.window or the model's size\n");
    return exit_codes::run_failed;
  } catch (const std::exception& error) {
    notice("error: {}\n", error.what());
    return exit_codes::run_failed;
  }
}

}  // namespace espalier
