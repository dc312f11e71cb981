#include "apps/run/results.h"

#include <fmt/format.h>

#include "apps/evaluation/baselines.h"
#include "apps/training/forecaster.h"
#include "core/error.h"

namespace espalier {

namespace {

ScoredForecasts scored(std::string name, std::vector<double> forecasts,
                       const std::vector<double>& actual) {
  if (forecasts.size() != actual.size()) {
    throw Error(fmt::format("{} made {} forecasts where {} were expected", name, forecasts.size(),
                            actual.size()));
  }
  std::vector<Metric> metrics = score(actual, forecasts);
  return {std::move(name), std::move(forecasts), std::move(metrics)};
}

}  // namespace

RunResults score_run(const Config& config, const ForecastingTask& task, const Learner& learner,
                     const Trainer& trainer, std::int64_t scored_epoch, int threads) {
  const std::vector<std::size_t>& windows = task.split.test;
  RunResults results;
  results.actual =
      target_values(task.frame, windows, task.windows.window(), task.windows.horizon());
  std::vector<double> forecasts =
      forecast_windows(*learner.model, learner.regularizers, task.windows, windows, threads);
  for (double& forecast : forecasts) forecast = task.scaling.target.restored(forecast);
  results.model = scored(config.model.type, std::move(forecasts), results.actual);
  for (Baseline& baseline : forecast_baselines(task.frame, config.data, task.split, windows)) {
    results.baselines.push_back(
        scored(std::move(baseline.name), std::move(baseline.forecasts), results.actual));
  }
  results.sparsity = count_sparsity(learner.model->parameters());
  results.epochs = trainer.epochs_run();
  results.scored_epoch = scored_epoch;
  return results;
}

}  // namespace espalier
