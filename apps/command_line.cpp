#include "apps/command_line.h"

#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/commands/arguments.h"
#include "apps/commands/bench.h"
#include "apps/commands/check.h"
#include "apps/commands/compare.h"
#include "apps/commands/exit_codes.h"
#include "apps/commands/explain.h"
#include "apps/commands/export.h"
#include "apps/commands/gradcheck.h"
#include "apps/commands/graph.h"
#include "apps/commands/inspect.h"
#include "apps/commands/list.h"
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

/// What every command has that fills a directory.
template <typename Options>
void add_output(CLI::App& command, const std::shared_ptr<Options>& options,
                const std::string& noun) {
  command
      .add_option("--out", options->out,
                  fmt::format("Directory of the {} (default: runs/NAME)", noun))
      ->type_name("DIR")
      ->check([](const std::string& path) {
        return path.empty() ? "expected a directory, found an empty text" : "";
      });
  auto* resume = command.add_flag_callback(
      "--resume", [options] { options->mode = OutputDirectory::Mode::resume; },
      fmt::format("Go on with the {} in the directory", noun));
  command
      .add_flag_callback(
          "--force", [options] { options->mode = OutputDirectory::Mode::force; },
          fmt::format("Replace an earlier {} in the directory", noun))
      ->excludes(resume);
  command.add_flag("--quiet", options->quiet, "No progress on stderr");
  command.add_flag("--json", options->json, "Print the result as one JSON object");
}

template <typename Options>
void add_threads(CLI::App& command, const std::shared_ptr<Options>& options,
                 const std::string& help) {
  options->threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command.add_option("--threads", options->threads, help + " (default: all cores)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

void add_train(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("train", "Train, score and write a run directory");
  auto options = std::make_shared<TrainOptions>();
  command->add_option("config", options->config_path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, options->overrides);
  add_output(*command, options, "run");
  add_threads(*command, options, "Threads for scoring; changes no number");
  command->callback([options, &exit_code] { exit_code = train(*options); });
}

void add_compare(CLI::App& app, int& exit_code) {
  CLI::App* command =
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
  add_output(*command, options, "comparison");
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

void add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "Check a config and print it with every default");
  auto path = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  command->add_option("config", *path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
  add_overrides(*command, *overrides);
  command->callback([path, overrides] { check(*path, *overrides); });
}

void add_list(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "list", "List models, regularizers, optimizers and schedules with their settings");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print as one JSON object");
  command->callback([json] { list(*json); });
}

void add_schema(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("schema", "Print the JSON Schema of a config, for editors");
  auto comparison = std::make_shared<bool>(false);
  command->add_flag("--comparison", *comparison, "Of a comparison's config instead of a run's");
  command->callback([comparison] {
    const Catalogue catalogue = registered_components();
    print_output(*comparison ? comparison_schema_json(catalogue) : schema_json(catalogue));
  });
}

void add_export(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "export", "Write a run's model to one file, without units and heads that pruning killed");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("run", options->run, "Directory of a finished run")
      ->required()
      ->type_name("RUN");
  command->add_option("--output", options->output, "Safetensors file to write")
      ->required()
      ->type_name("FILE");
  command->add_flag("--dense", options->dense, "Keep dead units and heads");
  command->add_option("--seconds", options->seconds, "To measure for each time (default: 0.2)")
      ->type_name("S")
      ->check(CLI::Range(0.001, 3600.0));
  command->add_flag("--json", options->json, "Print what was saved as one JSON object");
  command->callback([options] { export_model(*options); });
}

void add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand("bench", "Time training steps and forecasts");
  auto options = std::make_shared<BenchOptions>();
  const CLI::Range sizes(1, 100'000);
  command->add_option("--model", options->models, "Models (default: rnn lstm patch_transformer)")
      ->type_name("NAME");
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
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--features", options->features, "Columns of input (default: 8)")
      ->type_name("F")
      ->check(sizes);
  command
      ->add_option("--skip-pruned-from", options->skip_pruned_from,
                   "As train.skip_pruned_from (default: 0.6)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--seconds", options->seconds, "To measure for each figure (default: 0.2)")
      ->type_name("S")
      ->check(CLI::Range(0.001, 3600.0));
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
  add_train(app, exit_code);
  add_compare(app, exit_code);
  add_check(app);
  add_list(app);
  add_schema(app);
  add_predict(app, exit_code);
  add_export(app);
  add_explain(app, exit_code);
  add_bench(app);
  add_gradcheck(app, exit_code);
  add_graph(app);
  add_inspect(app, exit_code);
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
