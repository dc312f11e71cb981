#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/baselines/baselines.h"
#include "apps/conformal/scaled_truths.h"
#include "apps/conformal/split_conformal.h"
#include "apps/data/cell_text.h"
#include "apps/data/split.h"
#include "apps/data/windows.h"
#include "apps/evaluation/evaluation.h"
#include "apps/evaluation/own_intervals.h"
#include "apps/evaluation/scored_windows.h"
#include "apps/evaluation/training_overlap.h"
#include "apps/metrics/of_target.h"
#include "apps/prediction/run_on_file.h"
#include "apps/run/training_rows.h"
#include "apps/training/forecaster.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

void append(std::vector<double>& all, const std::vector<double>& part) {
  all.insert(all.end(), part.begin(), part.end());
}

/// Of all windows.
WindowForecasts forecast_in_batches(const LoadedRun& run, const Windows& windows,
                                    std::span<const std::size_t> all,
                                    std::optional<std::int64_t> batch, int threads) {
  const std::size_t size = batch ? static_cast<std::size_t>(*batch) : all.size();
  WindowForecasts forecasts;
  for (std::size_t begin = 0; begin < all.size(); begin += size) {
    const auto part = all.subspan(begin, std::min(size, all.size() - begin));
    WindowForecasts made =
        forecast_windows(*run.trained.model, run.regularizers, windows, part, threads);
    if (begin == 0) {
      forecasts = std::move(made);
      continue;
    }
    append(forecasts.mean, made.mean);
    append(forecasts.deviation, made.deviation);
    for (std::size_t k = 0; k < made.quantiles.size(); ++k) {
      append(forecasts.quantiles[k], made.quantiles[k]);
    }
  }
  return forecasts;
}

/// Those that need no training; a season that reaches before the file's first row is told.
std::vector<EvaluatedMethod> naive_methods(const ScoredWindows& scored,
                                           const std::optional<std::int64_t>& season,
                                           std::vector<std::string>& notes) {
  std::vector<EvaluatedMethod> methods;
  methods.push_back(score_method(
      "persistence", scored,
      persistence_forecasts(scored.frame, scored.indices, scored.window, scored.horizon)));
  if (!season) return methods;
  const auto rows = static_cast<std::size_t>(*season);
  if (rows > scored.window) {
    notes.push_back(fmt::format(
        "seasonal_naive is left out: a season of {} rows reaches before the first row of the first "
        "{} windows",
        rows, std::min(rows - scored.window, scored.indices.size())));
    return methods;
  }
  methods.push_back(score_method(
      "seasonal_naive", scored,
      seasonal_naive_forecasts(scored.frame, scored.indices, scored.window, scored.horizon, rows)));
  return methods;
}

EvaluatedCrps evaluated_crps(IntervalMethod method, const Calibration& calibration,
                             const FrameForecasts& made, std::span<const double> actual) {
  constexpr std::size_t pairs = crps_quantiles / 2;
  std::vector<double> levels;
  for (std::size_t k = 0; k < pairs; ++k) levels.push_back(1 - 2 * crps_tau(k));
  const std::vector<LevelBounds> bounds = forecast_intervals(method, calibration, levels, made);
  EvaluatedCrps crps{.method = method};
  const std::size_t targets = calibration.targets;
  for (std::size_t target = 0; target < targets; ++target) {
    const std::vector<double> y = of_target(actual, target, targets);
    std::vector<double> losses;
    for (std::size_t k = 0; k < pairs; ++k) {
      losses.push_back(pinball_loss(y, of_target(bounds[k].lower, target, targets), crps_tau(k)));
      losses.push_back(
          pinball_loss(y, of_target(bounds[k].upper, target, targets), 1 - crps_tau(k)));
    }
    crps.by_target.push_back(crps_of_quantiles(losses));
  }
  return crps;
}

void evaluate_intervals(const EvaluationRequest& request, const ScoredWindows& scored,
                        const Scaling& scaling, std::span<const double> forecasts,
                        Evaluation& evaluation) {
  const Calibration calibration = load_calibration(request.run, scored.horizon, scored.targets());
  const std::vector<double> levels =
      interval_levels("--level", request.levels, calibration.windows);
  const FrameForecasts made{.frame = scored.frame,
                            .scaling = scaling,
                            .window = scored.window,
                            .windows = scored.indices,
                            .forecasts = forecasts};
  const double finest = 1 - 2 * crps_tau(0);
  for (const IntervalMethod method : {IntervalMethod::split, IntervalMethod::rolling}) {
    for (const LevelBounds& bounds : forecast_intervals(method, calibration, levels, made)) {
      evaluation.intervals.push_back(
          score_intervals(interval_method_name(method), bounds, scored.actual, scored.targets()));
    }
    if (conformal_rank(calibration.windows, finest) > calibration.windows) continue;
    evaluation.crps.push_back(evaluated_crps(method, calibration, made, scored.actual));
  }
}

std::vector<double> restored(std::vector<double> forecasts, std::span<const ColumnScale> scales) {
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    forecasts[i] = scales[i].restored(forecasts[i]);
  }
  return forecasts;
}

/// Rows with targets, and the windows in them.
void count_rows(const Frame& frame, Evaluation& evaluation) {
  for (const Series& series : frame.all_series()) {
    evaluation.rows += series.known_rows();
    evaluation.expected_windows +=
        count_windows(series.known_rows(), evaluation.window, evaluation.horizon);
  }
  if (evaluation.expected_windows > 0) return;
  throw Error(fmt::format("{}: a window to score takes {} of input and {} to forecast, {}",
                          frame.path, counted(evaluation.window, "row"), evaluation.horizon,
                          known_rows_text(frame)));
}

std::optional<TrainingRows> known_training(const std::string& run, Evaluation& evaluation) {
  std::optional<TrainingRows> training =
      recorded_training_rows(read_file(run + "/metrics.json"), evaluation.targets);
  if (!training) {
    evaluation.notes.push_back(fmt::format(
        "no MASE: {}/metrics.json doesn't say how naive forecasts fare on the training rows; train "
        "the run again",
        run));
  }
  return training;
}

}  // namespace

Evaluation evaluate(const EvaluationRequest& request) {
  const RunOnFile run = open_run_on(request.run, request.input, Beyond::nothing);
  const TrainedModel& trained = run.loaded.trained;
  refuse_levels_of_quantiles(run.loaded, request.levels);
  const Windows windows(run.frame, run.scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon));
  Evaluation evaluation{.targets = {},
                        .series_column = run.frame.series_column,
                        .window = windows.window(),
                        .horizon = windows.horizon(),
                        .notes = run.frame.notes};
  for (const DescribedColumn& target : trained.targets) evaluation.targets.push_back(target.name);
  count_rows(run.frame, evaluation);
  const std::optional<TrainingRows> training = known_training(request.run, evaluation);
  ScoredWindows scored{.frame = run.frame,
                       .window = windows.window(),
                       .horizon = windows.horizon(),
                       .indices = windows.indices(),
                       .naive_errors = std::vector<std::optional<double>>(windows.targets())};
  scored.actual = target_values(run.frame, scored.indices, windows.window(), windows.horizon());
  if (training) scored.naive_errors = training->naive_errors;
  evaluation.windows = scored.indices.size();
  const TrainingOverlap overlap =
      training_overlap(request.run, run.frame, training, windows.window(), windows.horizon());
  evaluation.training_windows = overlap.windows;
  if (!overlap.note.empty()) evaluation.notes.push_back(overlap.note);
  const WindowForecasts forecasts =
      forecast_in_batches(run.loaded, windows, scored.indices, request.batch, request.threads);
  const std::vector<ColumnScale> scales =
      target_scales(run.frame, run.scaling, scored.indices, windows.horizon());
  evaluation.model = score_method(trained.type, scored, restored(forecasts.mean, scales));
  evaluation.baselines = naive_methods(scored, run.loaded.config.data.season, evaluation.notes);
  evaluation.intervals = score_own_intervals(forecasts, trained.shape.quantiles, scales,
                                             scored.actual, scored.targets());
  if (!request.levels.empty()) {
    evaluate_intervals(request, scored, run.scaling, forecasts.mean, evaluation);
  }
  return evaluation;
}

}  // namespace espalier
