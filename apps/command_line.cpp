#include "apps/command_line.h"

#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/backtest.h"
#include "apps/commands/bench.h"
#include "apps/commands/check.h"
#include "apps/commands/compare.h"
#include "apps/commands/evaluate.h"
#include "apps/commands/explain.h"
#include "apps/commands/export.h"
#include "apps/commands/gradcheck.h"
#include "apps/commands/graph.h"
#include "apps/commands/inspect.h"
#include "apps/commands/list.h"
#include "apps/commands/manual.h"
#include "apps/commands/predict.h"
#include "apps/commands/schema.h"
#include "apps/commands/train.h"
#include "apps/config/nearest.h"
#include "apps/config/text.h"
#include "apps/notice.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

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
    const std::vector<CLI::App*> given = app.get_subcommands();
    notice("error: {}; see espalier {}--help\n", what_is_wrong(app, error),
           given.empty() ? "" : given.front()->get_name() + " ");
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
