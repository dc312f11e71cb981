#include "apps/commands/backtest.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/backtest/backtest_results.h"
#include "apps/backtest/backtest_view.h"
#include "apps/backtest/fold_store.h"
#include "apps/backtest/run_folds.h"
#include "apps/baselines/baselines.h"
#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/config/read_config.h"
#include "apps/config/resolved.h"
#include "apps/notice.h"
#include "apps/run/output_directory.h"
#include "apps/run/provenance.h"
#include "apps/training/regularizer_effect.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

struct BacktestOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  BacktestSettings settings;
  std::optional<std::string> out;
  OutputDirectory::Mode mode = OutputDirectory::Mode::fresh;
  bool quiet = false;
  bool json = false;
  int threads = 1;
};

// Holds all that decides the numbers: with it the same, a backtest can be resumed.
constexpr const char* backtest_mark = "backtest.json";
constexpr std::array backtest_entries{"config.json",  "meta.json", "forecasts.csv",
                                      "metrics.json", "trainings", backtest_mark};
constexpr OutputKind backtest_kind{
    .noun = "backtest", .mark = backtest_mark, .entries = backtest_entries};

void check_settings(const BacktestOptions& options, const Config& config) {
  if (options.settings.sliding && !options.settings.refit) {
    throw UsageError("--window sliding changes nothing with --no-refit: leave one of them out");
  }
  if (config.protocol == Protocol::honest) return;
  throw UsageError(
      "a backtest trains on rows up to a cutoff only, protocol \"author\" scales by all rows and "
      "stops by those it scores: set -o protocol=honest, with three shares in data.split");
}

std::string identity(const BacktestOptions& options, const Config& config) {
  const BacktestSettings& settings = options.settings;
  Json json{{"format", 1},
            {"version", ESPALIER_VERSION},
            {"origins", settings.origins},
            {"step", settings.step.value_or(config.data.horizon)},
            {"refit", settings.refit},
            {"window", settings.sliding ? "sliding" : "expanding"},
            {"data_sha256", sha256_of_file(config.data.path)}};
  if (config.train.init_from) json["init_sha256"] = sha256_of_file(*config.train.init_from);
  json["config"] = Json::parse(resolved_json(config, registered_components()));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Notes down what the backtest is; one that is resumed must be the same.
void claim(const OutputDirectory& directory, const std::string& now) {
  if (!directory.has(backtest_mark)) {
    write_file_atomically(directory.file(backtest_mark), now);
    return;
  }
  const std::string there = read_file(directory.file(backtest_mark));
  if (there == now) return;
  throw UsageError(fmt::format(
      "the backtest in {} was begun with other settings or data ({}): give the same ones to "
      "--resume it, or replace it by --force",
      directory.path(), first_difference(there, now)));
}

void write_provenance(const OutputDirectory& directory, const BacktestOptions& options,
                      const Config& config, const Frame& frame) {
  write_file_atomically(directory.file("meta.json"),
                        provenance_json({.data_path = config.data.path,
                                         .data_sha256 = sha256_of_file(config.data.path),
                                         .rows = static_cast<std::int64_t>(frame.rows()),
                                         .seed = config.seed,
                                         .threads = options.threads,
                                         .notes = frame.notes}));
}

/// Runs what lacks a result; false where it was interrupted.
bool run_missing(const FoldContext& context, bool quiet,
                 std::vector<std::optional<FoldResult>>& results) {
  std::size_t done = 0;
  std::vector<std::string> methods{context.config.model.type};
  const std::vector<std::string> baselines = baseline_names(context.config.data);
  methods.insert(methods.end(), baselines.begin(), baselines.end());
  for (std::size_t i = 0; i < context.folds.size(); ++i) {
    results.push_back(
        FoldStore(context.directory, i).load(cutoff_texts(context, context.folds[i]), methods));
    if (results.back()) ++done;
  }
  FoldObserver nobody;
  if (quiet) return run_folds(context, results, nobody);
  BacktestView view(context.folds.size(), done, context.config.train.epochs);
  return run_folds(context, results, view);
}

void tell(const OutputDirectory& directory, const BacktestOptions& options,
          const BacktestResults& results) {
  if (options.json) {
    Json json{{"backtest", directory.path()}};
    json.update(backtest_json(results));
    return print_output(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  }
  print_output(backtest_table(results));
  if (!options.quiet) notice("Every forecast is in {}.\n", directory.file("forecasts.csv"));
}

int backtest(const BacktestOptions& options) {
  const Catalogue catalogue = registered_components();
  const std::string given = read_config_text(options.config_path);
  const Config config = parse_config(given, options.config_path, options.overrides, catalogue);
  check_settings(options, config);
  const RowsByCutoff rows(read_raw_frame(config.data, config.protocol), config.data);
  const std::vector<Fold> folds = plan_folds(rows, config.data, options.settings);
  check_regularizers_act(config, fold_task(rows, config.data, folds.front()));

  const OutputDirectory directory(options.out.value_or("runs/" + config.name + "-backtest"),
                                  options.mode, backtest_kind);
  claim(directory, identity(options, config));
  write_file_atomically(directory.file("config.json"), given);
  write_provenance(directory, options, config, rows.rows());
  if (!options.quiet) tell_notes(rows.rows().notes);

  std::vector<std::optional<FoldResult>> done;
  const FoldContext context{.config = config,
                            .rows = rows,
                            .folds = folds,
                            .directory = directory.path(),
                            .threads = options.threads};
  if (!run_missing(context, options.quiet, done)) {
    notice("interrupted; everything is saved in {}: go on with --resume\n", directory.path());
    return exit_codes::interrupted;
  }
  BacktestResults results{.config = config, .settings = options.settings};
  for (std::size_t k = 0; k < rows.rows().targets.size(); ++k) {
    results.targets.push_back(rows.rows().target_name(k));
  }
  for (std::optional<FoldResult>& fold : done) results.folds.push_back(std::move(*fold));
  write_file_atomically(directory.file("forecasts.csv"), backtest_csv(results));
  write_file_atomically(
      directory.file("metrics.json"),
      backtest_json(results).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  tell(directory, options, results);
  return exit_codes::success;
}

}  // namespace

void add_backtest(Command& app, int& exit_code) {
  Command* command =
      app.add_subcommand("backtest", "Train, forecast and score from several cutoffs in the past");
  auto options = std::make_shared<BacktestOptions>();
  BacktestSettings& settings = options->settings;
  add_config(*command, options->config_path);
  add_overrides(*command, options->overrides);
  command->add_option("--origins", settings.origins, "Cutoffs to forecast from (default: 5)")
      ->type_name("N")
      ->check(whole_number(1, 1'000'000));
  command->add_option("--step", settings.step, "Rows between cutoffs (default: the horizon)")
      ->type_name("ROWS")
      ->check(whole_number(1, 1'000'000));
  command->add_flag_callback(
      "--no-refit", [options] { options->settings.refit = false; },
      "Train once, up to the first cutoff, instead of anew for every one");
  command
      ->add_option_function(
          "--window",
          [options](const std::string& kind) { options->settings.sliding = kind == "sliding"; },
          "Learn from all rows up to a cutoff, or from as many as at the first "
          "(default: expanding)")
      ->type_name("KIND")
      ->check(one_of({"expanding", "sliding"}));
  add_output(*command, options, "backtest", "runs/NAME-backtest");
  add_threads(*command, options->threads, "Trainings at a time; changes no number");
  command->callback([options, &exit_code] { exit_code = backtest(*options); });
}

}  // namespace espalier
