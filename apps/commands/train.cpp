#include "apps/commands/train.h"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "apps/commands/output.h"
#include "apps/config/read_config.h"
#include "apps/config/resolved.h"
#include "apps/run/interrupt.h"
#include "apps/run/progress_view.h"
#include "apps/run/provenance.h"
#include "apps/run/recorder.h"
#include "apps/run/results.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

/// Notes down what the run is made of; a resumed run must find the same data.
void record_provenance(const RunDirectory& directory, const Config& config,
                       const ForecastingTask& task, int threads) {
  const Provenance provenance{.data_path = config.data.path,
                              .data_sha256 = sha256_of_file(config.data.path),
                              .rows = static_cast<std::int64_t>(task.frame.rows()),
                              .seed = config.seed,
                              .threads = threads};
  const std::string path = directory.file("meta.json");
  if (directory.has("meta.json")) {
    const std::string before = recorded_sha256(read_file(path));
    if (before != provenance.data_sha256) {
      throw UsageError(
          fmt::format("{} has changed since the run in {} was begun: replace the run "
                      "by --force, or choose another with --out",
                      config.data.path, directory.path()));
    }
  }
  write_file_atomically(path, provenance_json(provenance));
}

void tell_notes(const ForecastingTask& task) {
  for (const std::string& note : task.frame.notes) fmt::print(stderr, "note: {}\n", note);
  if (task.split.straddling > 0) {
    fmt::print(stderr,
               "note: {} windows are in no part: their targets lie on both sides of a cut\n",
               task.split.straddling);
  }
}

int interrupted(const RunDirectory& directory, Recorder& recorder) {
  recorder.checkpoint();
  fmt::print(stderr, "interrupted; everything is saved in {}: go on with --resume\n",
             directory.path());
  return 130;
}

}  // namespace

int train(const TrainOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const Catalogue catalogue = registered_components();
  const std::string given = read_config_text(options.config_path);
  const Config config = parse_config(given, options.config_path, options.overrides, catalogue);
  const ForecastingTask task = load_task(config.data, config.protocol);
  Learner learner = make_learner(config, static_cast<std::int64_t>(task.windows.features()));
  Trainer trainer(config, task, learner, options.threads);

  const RunDirectory directory(options.out.value_or("runs/" + config.name), options.mode,
                               resolved_json(config, catalogue));
  write_file_atomically(directory.file("config.json"), given);
  record_provenance(directory, config, task, options.threads);
  Recorder recorder(directory, learner, trainer);
  if (!options.quiet) tell_notes(task);

  std::vector<TrainingObserver*> observers{&recorder};
  ProgressView progress(config.train.epochs);
  if (!options.quiet) observers.push_back(&progress);
  InterruptWatch watch;
  observers.push_back(&watch);
  if (trainer.run(observers) == Trainer::Outcome::interrupted) {
    return interrupted(directory, recorder);
  }

  const std::int64_t scored_epoch = trainer.choose_weights();
  const RunResults results =
      score_run(config, task, learner, trainer, scored_epoch, options.threads);
  write_results(directory, config, task, learner, results);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (options.json) {
    print_output(results_json(directory, config, results, took.count()) + "\n");
  } else {
    print_output(results_table(config, task, results));
    if (options.quiet) return 0;
    fmt::print(stderr, "The run is in {} ({:.1f} s).\n", directory.path(), took.count());
  }
  return 0;
}

}  // namespace espalier
