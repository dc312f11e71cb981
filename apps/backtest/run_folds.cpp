#include "apps/backtest/run_folds.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "apps/backtest/fold_store.h"
#include "apps/metrics/metrics.h"
#include "apps/run/checkpoint.h"
#include "apps/run/interrupt.h"
#include "apps/run/results.h"
#include "apps/training/learner.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Tells the observer of one fold's epochs, and ends its training where all are to end.
class TrainingRelay final : public TrainingObserver {
 public:
  TrainingRelay(std::size_t fold, FoldObserver& observer, InterruptWatch& interrupt,
                std::mutex& mutex)
      : fold_(fold), observer_(observer), interrupt_(interrupt), mutex_(mutex) {}

  void on_epoch(const EpochRecord& record) override {
    const std::lock_guard lock(mutex_);
    observer_.on_epoch(fold_, record);
  }
  bool should_interrupt() override { return interrupt_.should_interrupt(); }

 private:
  std::size_t fold_;
  FoldObserver& observer_;
  InterruptWatch& interrupt_;
  std::mutex& mutex_;
};

/// The scored windows of each cutoff, by their numbers in the test part.
using WindowsByCutoff = std::vector<std::vector<std::size_t>>;

WindowsByCutoff windows_of(const ForecastingTask& task, const std::vector<std::string>& cutoffs) {
  WindowsByCutoff all(cutoffs.size());
  for (std::size_t i = 0; i < task.split.test.size(); ++i) {
    const std::size_t last = task.split.test[i] + task.windows.window() - 1;
    const auto cutoff = std::ranges::find(cutoffs, task.frame.time_texts[last]);
    all.at(static_cast<std::size_t>(cutoff - cutoffs.begin())).push_back(i);
  }
  return all;
}

/// `values`, laid out [window][output], of these windows.
std::vector<double> values_of(std::span<const double> values,
                              const std::vector<std::size_t>& windows, std::size_t outputs) {
  std::vector<double> chosen;
  for (const std::size_t window : windows) {
    const auto part = values.subspan(window * outputs, outputs);
    chosen.insert(chosen.end(), part.begin(), part.end());
  }
  return chosen;
}

MethodScores by_cutoff(const ScoredForecasts& method, const ForecastingTask& task,
                       std::span<const double> actual, const WindowsByCutoff& cutoffs) {
  const std::vector<double> deviations = target_deviations(task);
  MethodScores scores{.name = method.name};
  const std::size_t outputs = task.windows.outputs();
  for (const std::vector<std::size_t>& windows : cutoffs) {
    const std::vector<double> truth = values_of(actual, windows, outputs);
    const std::vector<double> forecasts = values_of(method.forecasts, windows, outputs);
    const std::vector<Metric> scaled =
        scaled_score(truth, forecasts, values_of(deviations, windows, outputs));
    scores.by_cutoff.push_back({.windows = windows.size(),
                                .mae = mean_absolute_error(truth, forecasts),
                                .rmse = root_mean_squared_error(truth, forecasts),
                                .scaled_mae = scaled[0].value,
                                .scaled_mse = scaled[1].value});
  }
  return scores;
}

FoldResult fold_result(const ForecastingTask& task, const RunResults& run,
                       std::vector<std::string> cutoffs) {
  const WindowsByCutoff windows = windows_of(task, cutoffs);
  FoldResult result{.cutoffs = std::move(cutoffs),
                    .training_windows = task.split.train.size(),
                    .sparsity = run.sparsity.share(),
                    .epochs = run.epochs,
                    .scored_epoch = run.scored_epoch,
                    .forecasts = forecasts_csv(task, run)};
  result.methods.push_back(by_cutoff(run.model, task, run.actual, windows));
  for (const ScoredForecasts& baseline : run.baselines) {
    result.methods.push_back(by_cutoff(baseline, task, run.actual, windows));
  }
  return result;
}

/// Trains and scores; nothing where it was interrupted.
std::optional<FoldResult> run_fold(const FoldContext& context, std::size_t number,
                                   TrainingObserver& observer) {
  const Config& config = context.config;
  const int threads = context.folds.size() == 1 ? context.threads : 1;
  const ForecastingTask task = fold_task(context.rows, config.data, context.folds[number]);
  Learner learner = make_learner(config, task.frame);
  Trainer trainer(config, task, learner, threads);
  const std::string checkpoint = FoldStore(context.directory, number).checkpoint();
  if (std::filesystem::exists(checkpoint)) load_checkpoint(checkpoint, learner, trainer);
  const std::array<TrainingObserver*, 1> observers{&observer};
  if (trainer.run(observers) == Trainer::Outcome::interrupted) {
    save_checkpoint(checkpoint, learner, trainer, {});
    return std::nullopt;
  }
  const std::int64_t scored_epoch = trainer.choose_weights();
  return fold_result(task, score_run(config, task, learner, trainer, scored_epoch, threads),
                     cutoff_texts(context, context.folds[number]));
}

[[noreturn]] void rethrow_with_cutoff(const FoldContext& context, std::size_t number,
                                      const std::exception_ptr& failure) {
  const std::size_t cutoff = context.folds[number].cutoffs.front();
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    throw Error(fmt::format("cutoff {}: {}", context.rows.text(cutoff), error.what()));
  }
}

}  // namespace

std::vector<std::string> cutoff_texts(const FoldContext& context, const Fold& fold) {
  std::vector<std::string> texts;
  for (const std::size_t cutoff : fold.cutoffs) texts.push_back(context.rows.text(cutoff));
  return texts;
}

bool run_folds(const FoldContext& context, std::vector<std::optional<FoldResult>>& results,
               FoldObserver& observer) {
  InterruptWatch interrupt;
  std::mutex mutex;
  std::atomic<bool> finished = true;
  std::atomic<bool> failed = false;
  std::vector<std::exception_ptr> failures(context.folds.size());
// A lone fold keeps the threads for its scoring.
#pragma omp parallel for schedule(dynamic, 1) \
    num_threads(context.threads) if (context.folds.size() > 1)
  for (std::ptrdiff_t i = 0; i < std::ssize(context.folds); ++i) {
    const auto number = static_cast<std::size_t>(i);
    if (results[number] || failed) continue;
    try {
      TrainingRelay relay(number, observer, interrupt, mutex);
      std::optional<FoldResult> result;
      if (!relay.should_interrupt()) result = run_fold(context, number, relay);
      if (!result) {
        finished = false;
        continue;
      }
      FoldStore(context.directory, number).save(*result);
      const std::lock_guard lock(mutex);
      observer.on_end(number, *result);
      results[number] = std::move(result);
    } catch (...) {
      failures[number] = std::current_exception();
      failed = true;
    }
  }
  for (std::size_t number = 0; number < failures.size(); ++number) {
    if (failures[number]) rethrow_with_cutoff(context, number, failures[number]);
  }
  return finished;
}

}  // namespace espalier
