#include "apps/commands/train.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/config/read_config.h"
#include "apps/config/resolved.h"
#include "apps/notice.h"
#include "apps/run/observed_run.h"
#include "apps/run/provenance.h"
#include "apps/run/recorder.h"
#include "apps/run/results.h"
#include "apps/run/run_directory.h"
#include "apps/training/regularizer_effect.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

struct TrainOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  /// Empty optional: runs/NAME.
  std::optional<std::string> out;
  RunDirectory::Mode mode = RunDirectory::Mode::fresh;
  bool quiet = false;
  bool json = false;
  int threads = 1;
};

/// Notes down what the run is made of; a resumed run must find the same data.
void record_provenance(const RunDirectory& directory, const Config& config,
                       const ForecastingTask& task, int threads) {
  const Provenance provenance{.data_path = config.data.path,
                              .data_sha256 = sha256_of_file(config.data.path),
                              .rows = static_cast<std::int64_t>(task.frame.rows()),
                              .seed = config.seed,
                              .threads = threads,
                              .notes = task.frame.notes};
  const std::string path = directory.file("meta.json");
  if (directory.has("meta.json")) {
    const std::string before = recorded_sha256(read_file(path));
    if (before.empty()) {
      throw Error(
          fmt::format("{} is damaged: it doesn't say which data the run was begun with; "
                      "replace the run by --force, or choose another with --out",
                      path));
    }
    if (before != provenance.data_sha256) {
      throw UsageError(fmt::format(
          "{} has changed since the run in {} was begun: replace the run by --force, or choose "
          "another with --out",
          config.data.path, directory.path()));
    }
  }
  write_file_atomically(path, provenance_json(provenance));
}

/// --force removes the files of the run, so nothing may be read from among them.
void refuse_to_remove_inputs(const std::string& directory, const Config& config) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path folder = fs::weakly_canonical(directory, failure);
  const auto refuse_within = [&](const char* key, const std::string& path) {
    const fs::path input = fs::weakly_canonical(path, failure);
    if (std::ranges::mismatch(folder, input).in1 != folder.end()) return;
    throw UsageError(
        fmt::format("{} names {}, which lies in the run directory that --force would replace: copy "
                    "it elsewhere, or choose another directory with --out",
                    key, path));
  };
  refuse_within("data.path", config.data.path);
  if (config.train.init_from) refuse_within("train.init_from", *config.train.init_from);
}

void tell_of_task(const ForecastingTask& task) {
  tell_notes(task.frame.notes);
  if (task.split.straddling > 0) {
    notice("note: {} windows are in no part: their targets lie on both sides of a cut\n",
           task.split.straddling);
  }
}

/// A ramp up to the last epoch leaves early stopping nothing to choose from.
void tell_late_settling(const Config& config, const Learner& learner) {
  if (!is_trainable(*learner.model)) return;
  const TrainingProgress before_last{.epoch = config.train.epochs - 2,
                                     .epochs = config.train.epochs};
  const bool settled = std::ranges::all_of(learner.regularizers, [&](const auto& regularizer) {
    return regularizer->settled(before_last);
  });
  if (settled || config.train.epochs < 2 || !config.train.patience) return;
  notice(
      "note: full sparsity is reached in the last epoch only, so \"patience\" has nothing to "
      "choose from: give the ramp an earlier end, or train for more epochs\n");
}

void tell_untrainable(const Config& config, const Learner& learner) {
  if (is_trainable(*learner.model)) return;
  notice("note: the {} has no parameters, so there is nothing to train: it is scored as it is\n",
         config.model.type);
}

int train(const TrainOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const Catalogue catalogue = registered_components();
  const std::string given = read_config_text(options.config_path);
  const Config config = parse_config(given, options.config_path, options.overrides, catalogue);
  const ForecastingTask task = load_task(config.data, config.protocol);
  check_regularizers_act(config, task);
  Learner learner = make_learner(config, task.frame);
  Trainer trainer(config, task, learner, options.threads);

  const std::string out = options.out.value_or("runs/" + config.name);
  if (options.mode == RunDirectory::Mode::force) refuse_to_remove_inputs(out, config);
  const RunDirectory directory(out, options.mode, resolved_json(config, catalogue));
  write_file_atomically(directory.file("config.json"), given);
  record_provenance(directory, config, task, options.threads);
  Recorder recorder(directory, learner, trainer);
  if (!options.quiet) {
    tell_of_task(task);
    tell_late_settling(config, learner);
    tell_untrainable(config, learner);
  }

  if (run_observed(trainer, recorder, options.quiet) == Trainer::Outcome::interrupted) {
    recorder.checkpoint();
    notice("interrupted; everything is saved in {}: go on with --resume\n", directory.path());
    return exit_codes::interrupted;
  }

  const std::int64_t scored_epoch = trainer.choose_weights();
  const RunResults results =
      score_run(config, task, learner, trainer, scored_epoch, options.threads);
  write_results(directory, config, task, learner, results);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (options.json) {
    print_output(results_json(directory, config, results, took.count()) + "\n");
  } else {
    print_output(results_table(config, results));
    if (options.quiet) return exit_codes::success;
    notice("The run is in {} ({:.1f} s).\n", directory.path(), took.count());
  }
  return exit_codes::success;
}

}  // namespace

void add_train(Command& app, int& exit_code) {
  Command* command = app.add_subcommand("train", "Train, score and write a run directory");
  auto options = std::make_shared<TrainOptions>();
  add_config(*command, options->config_path);
  add_overrides(*command, options->overrides);
  add_output(*command, options, "run", "runs/NAME");
  add_threads(*command, options->threads, "Threads for scoring; changes no number");
  command->callback([options, &exit_code] { exit_code = train(*options); });
}

}  // namespace espalier
