#include "apps/run/results.h"

#include <utility>

#include <fmt/format.h>

#include "apps/baselines/baselines.h"
#include "apps/metrics/of_target.h"
#include "apps/training/forecaster.h"
#include "core/error.h"

namespace espalier {

namespace {

/// `deviations`: one per value; each belongs to one of `targets` targets in turn.
ScoredForecasts scored(std::string name, std::vector<double> forecasts,
                       const std::vector<double>& actual, const std::vector<double>& deviations,
                       std::size_t targets) {
  if (forecasts.size() != actual.size()) {
    throw Error(fmt::format("{} made {} forecasts where {} were expected", name, forecasts.size(),
                            actual.size()));
  }
  ScoredForecasts result{.name = std::move(name), .forecasts = std::move(forecasts)};
  result.metrics = score(actual, result.forecasts);
  result.scaled = scaled_score(actual, result.forecasts, deviations);
  for (std::size_t k = 0; k < targets; ++k) {
    result.by_target.push_back(
        score(of_target(actual, k, targets), of_target(result.forecasts, k, targets)));
  }
  return result;
}

void restore(std::vector<double>& values, const std::vector<ColumnScale>& scales) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = scales[i].restored(values[i]);
}

/// Brings forecasts back to the units of the file; `scales` as target_scales gives them.
void restore(WindowForecasts& forecasts, const std::vector<ColumnScale>& scales) {
  restore(forecasts.mean, scales);
  for (std::vector<double>& values : forecasts.quantiles) restore(values, scales);
  for (std::size_t i = 0; i < forecasts.deviation.size(); ++i) {
    forecasts.deviation[i] *= scales[i].deviation;
  }
}

}  // namespace

std::vector<double> target_deviations(const ForecastingTask& task) {
  std::vector<double> deviations;
  for (const ColumnScale& scale :
       target_scales(task.frame, task.standard, task.split.test, task.windows.horizon())) {
    deviations.push_back(scale.deviation);
  }
  return deviations;
}

std::vector<double> scored_values(const ForecastingTask& task) {
  return target_values(task.frame, task.split.test, task.windows.window(), task.windows.horizon());
}

ScoredModel score_model(const std::string& name, const ForecastingTask& task,
                        const Learner& learner, int threads) {
  const std::vector<double> actual = scored_values(task);
  WindowForecasts forecasts = forecast_windows(*learner.model, learner.regularizers, task.windows,
                                               task.split.test, threads);
  restore(forecasts,
          target_scales(task.frame, task.scaling, task.split.test, task.windows.horizon()));
  ScoredModel model{.scores = scored(name, std::move(forecasts.mean), actual,
                                     target_deviations(task), task.frame.targets.size())};
  if (!forecasts.quantiles.empty()) {
    model.quantiles =
        score_quantiles(learner.model->shape().quantiles, std::move(forecasts.quantiles), actual,
                        target_deviations(task), task.frame.targets.size());
  } else if (forecasts.samples > 1) {
    model.intervals = make_intervals(actual, model.scores.forecasts, std::move(forecasts.deviation),
                                     forecasts.samples, task.frame.targets.size());
  }
  return model;
}

std::vector<ScoredForecasts> score_baselines(const DataConfig& config,
                                             const ForecastingTask& task) {
  const std::vector<double> actual = scored_values(task);
  std::vector<ScoredForecasts> baselines;
  for (Baseline& baseline : forecast_baselines(task.frame, config, task.split, task.split.test)) {
    baselines.push_back(scored(std::move(baseline.name), std::move(baseline.forecasts), actual,
                               target_deviations(task), task.frame.targets.size()));
  }
  return baselines;
}

RunResults score_run(const Config& config, const ForecastingTask& task, const Learner& learner,
                     const Trainer& trainer, std::int64_t scored_epoch, int threads) {
  RunResults results;
  for (std::size_t k = 0; k < task.frame.targets.size(); ++k) {
    results.targets.push_back(task.frame.target_name(k));
  }
  results.actual = scored_values(task);
  ScoredModel model = score_model(config.model.type, task, learner, threads);
  results.model = std::move(model.scores);
  results.intervals = std::move(model.intervals);
  results.quantiles = std::move(model.quantiles);
  results.baselines = score_baselines(config.data, task);
  results.calibration = calibrate(task, learner, config.protocol, threads);
  if (results.calibration) {
    results.tested_intervals = test_intervals(*results.calibration, task, results.model.forecasts);
  }
  results.training = training_rows(config.data, task);
  results.sparsity = count_sparsity(learner.model->parameters());
  results.trained = is_trainable(*learner.model);
  results.epochs = trainer.epochs_run();
  results.scored_epoch = scored_epoch;
  return results;
}

}  // namespace espalier
