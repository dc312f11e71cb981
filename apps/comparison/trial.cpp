#include "apps/comparison/trial.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "apps/run/results.h"
#include "apps/training/learner.h"

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

/// Notes the course of a trial.
class CurveRecorder final : public TrainingObserver {
 public:
  explicit CurveRecorder(std::vector<TrialEpoch>& epochs) : epochs_(epochs) {}

  void on_epoch(const EpochRecord& record) override {
    epochs_.push_back({.train_loss = record.train_loss,
                       .validation_loss = record.validation_loss,
                       .sparsity = record.sparsity,
                       .seconds = seconds_since(epoch_began_)});
    epoch_began_ = Clock::now();
  }

 private:
  std::vector<TrialEpoch>& epochs_;
  Clock::time_point epoch_began_ = Clock::now();
};

/// Index of the first window that a chart shows, among the scored ones.
std::size_t first_shown(const ForecastingTask& task) {
  const std::size_t windows = task.split.test.size();
  return windows - std::min(windows, shown_windows);
}

/// The first target, one step ahead, of the shown windows.
std::vector<double> shown(const std::vector<double>& values, const ForecastingTask& task) {
  std::vector<double> column;
  for (std::size_t i = first_shown(task); i < task.split.test.size(); ++i) {
    column.push_back(values[i * task.windows.outputs()]);
  }
  return column;
}

std::vector<Metric> all_metrics(const ScoredForecasts& scores) {
  std::vector<Metric> metrics = scores.metrics;
  metrics.insert(metrics.end(), scores.scaled.begin(), scores.scaled.end());
  return metrics;
}

}  // namespace

TrialRun run_trial(const Config& config, const ForecastingTask& task, bool keep_forecasts,
                   TrainingObserver& observer) {
  const Clock::time_point began = Clock::now();
  TrialRun run;
  TrialResult& result = run.result;
  Learner learner = make_learner(config, task.frame);
  Trainer trainer(config, task, learner, 1);
  CurveRecorder curve(result.epochs);
  const std::array<TrainingObserver*, 2> observers{&curve, &observer};
  run.interrupted = trainer.run(observers) == Trainer::Outcome::interrupted;
  if (run.interrupted) return run;
  result.scored_epoch = trainer.choose_weights();
  const ScoredForecasts scores = score_model(config.model.type, task, learner, 1).scores;
  result.metrics = all_metrics(scores);
  result.sparsity = count_sparsity(learner.model->parameters()).share();
  if (keep_forecasts) result.shown_forecasts = shown(scores.forecasts, task);
  result.seconds = seconds_since(began);
  return run;
}

BlockReference score_references(const Config& config, const ForecastingTask& task) {
  BlockReference reference{.target = task.frame.target_name(0),
                           .several_targets = task.frame.targets.size() > 1};
  for (const ScoredForecasts& baseline : score_baselines(config.data, task)) {
    reference.baselines.push_back({baseline.name, all_metrics(baseline)});
  }
  reference.shown_actual = shown(scored_values(task), task);
  for (std::size_t i = first_shown(task); i < task.split.test.size(); ++i) {
    reference.shown_times.push_back(
        task.frame.time_texts[task.split.test[i] + task.windows.window()]);
  }
  return reference;
}

}  // namespace espalier
