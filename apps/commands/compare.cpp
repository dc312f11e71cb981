#include "apps/commands/compare.h"

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/comparison/analysis.h"
#include "apps/comparison/block_tasks.h"
#include "apps/comparison/collect.h"
#include "apps/comparison/compare_view.h"
#include "apps/comparison/plan.h"
#include "apps/comparison/read_comparison.h"
#include "apps/comparison/run_trials.h"
#include "apps/comparison/tables.h"
#include "apps/config/read_config.h"
#include "apps/config/sections.h"
#include "apps/notice.h"
#include "apps/report/report.h"
#include "apps/run/output_directory.h"
#include "apps/run/provenance.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

struct CompareOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  /// Parts of the grid or of the arms to keep, as parse_comparison takes them.
  std::vector<std::string> only;
  /// Empty optional: runs/NAME.
  std::optional<std::string> out;
  OutputDirectory::Mode mode = OutputDirectory::Mode::fresh;
  /// Directories of comparisons to take finished trials from; then none is run.
  std::vector<std::string> merge;
  /// Tell what would be run, and stop.
  bool dry_run = false;
  bool quiet = false;
  bool json = false;
  int threads = 1;
};

using Json = nlohmann::ordered_json;

constexpr const char* config_name = "config.json";
constexpr const char* trials_name = "trials";
// Tells a comparison from any other folder, with a config.json or trials of another kind in it.
constexpr const char* comparison_mark = "trials/format";
constexpr const char* comparison_mark_text = "espalier comparison 1\n";
constexpr std::array comparison_entries{
    config_name,  "meta.json",   "results.csv", "summary.csv",
    "tests.json", "report.html", trials_name,
};
constexpr OutputKind comparison_kind{
    .noun = "comparison", .mark = comparison_mark, .entries = comparison_entries};

/// A comparison with what it works on.
struct Setting {
  const Comparison& comparison;
  const BlockTasks& tasks;
  const TrialStore& store;
};

/// A directory misspelt would pass for one that holds no trial yet; one that is replaced would be
/// lost before it is read.
void check_merged(const CompareOptions& options, const std::string& out) {
  for (const std::string& from : options.merge) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(from + "/" + trials_name, ignored)) {
      throw UsageError(
          fmt::format("--merge {}: expected the directory of a comparison (there is "
                      "no {} in it)",
                      from, trials_name));
    }
    if (options.mode == OutputDirectory::Mode::force &&
        std::filesystem::equivalent(from, out, ignored)) {
      throw UsageError(
          fmt::format("--merge {}: --force would remove it first: use --resume", from));
    }
  }
}

void score_baselines_of_blocks(const Setting& setting, ComparisonResults& results, int threads) {
  const std::size_t arms = setting.comparison.arms.size();
  std::vector<std::exception_ptr> failures(setting.comparison.blocks.size());
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::ptrdiff_t i = 0; i < std::ssize(setting.comparison.blocks); ++i) {
    const auto block = static_cast<std::size_t>(i);
    try {
      results.references[block] =
          score_references(setting.comparison.configs[block * arms], *setting.tasks[block]);
    } catch (...) {
      failures[block] = std::current_exception();
    }
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

ReportContext report_context(const Setting& setting, const CompareOptions& options,
                             const std::string& given, std::string answer) {
  ReportContext context;
  context.provenance = {{"program", ESPALIER_VERSION}, {"processor", cpu_name()}};
  for (const auto& [path, hash] : setting.store.data_hashes()) {
    context.provenance.emplace_back(path, "SHA-256 " + hash);
  }
  for (const std::string& text : options.overrides) {
    context.provenance.emplace_back("override", text);
  }
  for (const std::string& part : options.only) context.provenance.emplace_back("only", part);
  context.config = given;
  context.chart_library = installed_chart_library();
  context.answer = std::move(answer);
  return context;
}

std::string meta_json(const Setting& setting, const CompareOptions& options) {
  Json meta{
      {"version", ESPALIER_VERSION}, {"compiler", __VERSION__},        {"cpu", cpu_name()},
      {"threads", options.threads},  {"overrides", options.overrides}, {"only", options.only}};
  for (const auto& [path, hash] : setting.store.data_hashes()) meta["data"][path] = hash;
  std::set<std::string> notes;
  for (const auto& task : setting.tasks) {
    for (const std::string& note : task->frame.notes) notes.insert(note);
  }
  meta["notes"] = notes;
  return meta.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_tables(const Setting& setting, const OutputDirectory& directory,
                  const CompareOptions& options, const std::string& given,
                  const ComparisonResults& results, const Analysis& analysis) {
  const Comparison& comparison = setting.comparison;
  write_file_atomically(directory.file("meta.json"), meta_json(setting, options));
  write_file_atomically(directory.file("results.csv"), results_csv(comparison, results));
  write_file_atomically(directory.file("summary.csv"), summary_csv(comparison, results, analysis));
  write_file_atomically(directory.file("tests.json"), tests_json(comparison, analysis));
  write_file_atomically(
      directory.file("report.html"),
      report_html(comparison, results, analysis,
                  report_context(setting, options, given, answer(comparison, results, analysis))));
}

/// Runs what is pending; false where it was interrupted.
bool run_pending(const Setting& setting, const OutputDirectory& directory,
                 const CompareOptions& options, std::vector<TrialKey> pending,
                 std::vector<double> seconds, ComparisonResults& results) {
  if (pending.empty()) return true;
  sort_longest_first(pending, seconds);
  const TrialGround ground{.comparison = setting.comparison,
                           .tasks = setting.tasks,
                           .store = setting.store,
                           .directory = directory.path(),
                           .threads = options.threads};
  if (options.quiet) {
    TrialWatcher nobody;
    return run_trials(ground, pending, results, nobody);
  }
  CompareView view(setting.comparison, pending, seconds, results.trials.size() - pending.size(),
                   options.threads);
  return run_trials(ground, pending, results, view);
}

std::size_t count_holes(const ComparisonResults& results) {
  return static_cast<std::size_t>(std::ranges::count_if(
      results.trials, [](const auto& trial) { return !trial || trial->failed(); }));
}

/// The first of them, for a message.
std::string first_hole(const Comparison& comparison, const ComparisonResults& results) {
  for (const TrialKey& key : all_trials(comparison)) {
    const auto& trial = results.trials[trial_index(comparison, key)];
    if (!trial || trial->failed()) return trial_name(comparison, key);
  }
  return "";
}

void print_outcome(const Comparison& comparison, const OutputDirectory& directory,
                   const CompareOptions& options, const ComparisonResults& results,
                   const Analysis& analysis) {
  if (options.json) {
    Json json{{"comparison", directory.path()},
              {"protocol", protocol_name(comparison.protocol)},
              {"trials", results.trials.size()},
              {"failed_or_missing", count_holes(results)},
              {"answer", answer(comparison, results, analysis)},
              {"tests", Json::parse(tests_json(comparison, analysis))}};
    print_output(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    print_output(comparison_summary(comparison, results, analysis));
  }
  if (const std::size_t count = count_holes(results); count > 0) {
    notice(
        "{} of {} trials failed or are missing, {} the first: see results.csv; --resume runs them "
        "again\n",
        count, results.trials.size(), first_hole(comparison, results));
  }
  if (!options.quiet && !options.json) {
    notice("The report is {}, the tables lie beside it.\n", directory.file("report.html"));
  }
}

int compare(const CompareOptions& options) {
  const Catalogue catalogue = registered_components();
  const std::string given = read_config_text(options.config_path);
  const Comparison comparison =
      parse_comparison(given, options.config_path, options.overrides, options.only, catalogue);
  const BlockTasks tasks = load_block_tasks(comparison);
  check_arms_act(comparison, tasks, options.threads);
  const TrialStore store(comparison, catalogue);
  const Setting setting{comparison, tasks, store};
  const std::string out = options.out.value_or("runs/" + comparison.name);
  check_merged(options, out);
  ComparisonResults results(comparison);
  if (options.dry_run) {
    const bool afresh = options.mode == OutputDirectory::Mode::force;
    const std::vector<TrialKey> pending =
        collect(comparison, store, afresh ? std::nullopt : std::optional(out), options.merge,
                results)
            .pending;
    print_output(plan_text(comparison,
                           expected_seconds(comparison, tasks, pending, options.threads),
                           options.threads));
    return exit_codes::success;
  }
  // What can't be merged is refused before anything is made or removed.
  if (!options.merge.empty()) collect(comparison, store, std::nullopt, options.merge, results);
  const OutputDirectory directory(out, options.mode, comparison_kind);
  auto [pending, merged] = collect(comparison, store, out, options.merge, results);
  directory.create_folder(trials_name);
  write_file_atomically(directory.file(comparison_mark), comparison_mark_text);
  write_file_atomically(directory.file(config_name), given);
  for (const TrialKey& key : merged) {
    store.save(out, key, *results.trials[trial_index(comparison, key)]);
  }
  score_baselines_of_blocks(setting, results, options.threads);
  bool finished = true;
  if (options.merge.empty()) {
    std::vector<double> seconds = expected_seconds(comparison, tasks, pending, options.threads);
    if (!options.quiet) notice("{}", plan_text(comparison, seconds, options.threads));
    finished =
        run_pending(setting, directory, options, std::move(pending), std::move(seconds), results);
  }
  const Analysis analysis = analyse(comparison, results);
  write_tables(setting, directory, options, given, results, analysis);
  if (!finished) {
    notice("interrupted; finished trials are saved in {}: go on with --resume\n", directory.path());
    return exit_codes::interrupted;
  }
  print_outcome(comparison, directory, options, results, analysis);
  return count_holes(results) == 0 ? exit_codes::success : exit_codes::run_failed;
}

}  // namespace

void add_compare(Command& app, int& exit_code) {
  Command* command =
      app.add_subcommand("compare", "Run a grid of trials, test what differs, and write a report");
  auto options = std::make_shared<CompareOptions>();
  add_config(*command, options->config_path);
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
  add_threads(*command, options->threads, "Trials at a time; changes no number");
  command->callback([options, &exit_code] { exit_code = compare(*options); });
}

}  // namespace espalier
