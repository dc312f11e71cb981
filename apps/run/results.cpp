#include "apps/run/results.h"

#include <utility>

#include <fmt/format.h>

#include "apps/evaluation/baselines.h"
#include "apps/training/forecaster.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Values of one target out of a list laid out [window][step][target].
std::vector<double> of_target(const std::vector<double>& values, std::size_t target,
                              std::size_t targets) {
  std::vector<double> column;
  for (std::size_t i = target; i < values.size(); i += targets) column.push_back(values[i]);
  return column;
}

/// `deviations`: one per target.
ScoredForecasts scored(std::string name, std::vector<double> forecasts,
                       const std::vector<double>& actual, const std::vector<double>& deviations) {
  if (forecasts.size() != actual.size()) {
    throw Error(fmt::format("{} made {} forecasts where {} were expected", name, forecasts.size(),
                            actual.size()));
  }
  ScoredForecasts result{.name = std::move(name), .forecasts = std::move(forecasts)};
  result.metrics = score(actual, result.forecasts);
  result.scaled = scaled_score(actual, result.forecasts, deviations);
  const std::size_t targets = deviations.size();
  for (std::size_t k = 0; k < targets; ++k) {
    result.by_target.push_back(
        score(of_target(actual, k, targets), of_target(result.forecasts, k, targets)));
  }
  return result;
}

/// Brings forecasts back to the units of the file.
void restore(WindowForecasts& forecasts, const std::vector<ColumnScale>& scales) {
  for (std::size_t i = 0; i < forecasts.mean.size(); ++i) {
    forecasts.mean[i] = scales[i % scales.size()].restored(forecasts.mean[i]);
  }
  for (std::size_t i = 0; i < forecasts.deviation.size(); ++i) {
    forecasts.deviation[i] *= scales[i % scales.size()].deviation;
  }
}

}  // namespace

RunResults score_run(const Config& config, const ForecastingTask& task, const Learner& learner,
                     const Trainer& trainer, std::int64_t scored_epoch, int threads) {
  const std::vector<std::size_t>& windows = task.split.test;
  RunResults results;
  std::vector<double> deviations;
  for (std::size_t k = 0; k < task.frame.targets.size(); ++k) {
    results.targets.push_back(task.frame.target_name(k));
    deviations.push_back(task.standard.targets[k].deviation);
  }
  results.actual =
      target_values(task.frame, windows, task.windows.window(), task.windows.horizon());
  WindowForecasts forecasts =
      forecast_windows(*learner.model, learner.regularizers, task.windows, windows, threads);
  restore(forecasts, task.scaling.targets);
  results.model = scored(config.model.type, std::move(forecasts.mean), results.actual, deviations);
  if (forecasts.samples > 1) {
    results.intervals =
        make_intervals(results.actual, results.model.forecasts, std::move(forecasts.deviation),
                       forecasts.samples, results.targets.size());
  }
  for (Baseline& baseline : forecast_baselines(task.frame, config.data, task.split, windows)) {
    results.baselines.push_back(scored(std::move(baseline.name), std::move(baseline.forecasts),
                                       results.actual, deviations));
  }
  results.sparsity = count_sparsity(learner.model->parameters());
  results.trained = is_trainable(*learner.model);
  results.epochs = trainer.epochs_run();
  results.scored_epoch = scored_epoch;
  return results;
}

}  // namespace espalier
