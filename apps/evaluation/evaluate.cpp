#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/conformal/scaled_truths.h"
#include "apps/conformal/split_conformal.h"
#include "apps/data/cell_text.h"
#include "apps/data/split.h"
#include "apps/data/windows.h"
#include "apps/evaluation/baselines.h"
#include "apps/evaluation/evaluation.h"
#include "apps/evaluation/of_target.h"
#include "apps/evaluation/own_intervals.h"
#include "apps/evaluation/training_overlap.h"
#include "apps/prediction/run_on_file.h"
#include "apps/run/training_rows.h"
#include "apps/training/forecaster.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

/// What is scored, and in which units.
struct Scored {
  const RunOnFile& run;
  const Windows& windows;
  std::vector<std::size_t> indices;
  /// In file units, laid out [window][step][target].
  std::vector<double> actual;
  /// Of each target; none where metrics.json doesn't know it.
  std::vector<std::optional<double>> naive_errors;

  std::size_t targets() const { return windows.targets(); }
};

void append(std::vector<double>& all, const std::vector<double>& part) {
  all.insert(all.end(), part.begin(), part.end());
}

/// Of all windows.
WindowForecasts forecast_in_batches(const Scored& scored, std::optional<std::int64_t> batch,
                                    int threads) {
  const std::span<const std::size_t> all = scored.indices;
  const std::size_t size = batch ? static_cast<std::size_t>(*batch) : all.size();
  WindowForecasts forecasts;
  for (std::size_t begin = 0; begin < all.size(); begin += size) {
    const auto part = all.subspan(begin, std::min(size, all.size() - begin));
    WindowForecasts made =
        forecast_windows(*scored.run.loaded.trained.model, scored.run.loaded.regularizers,
                         scored.windows, part, threads);
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

/// Errors of the values whose index within a window is one of `outputs`.
ErrorMetrics metrics_of(const Scored& scored, std::span<const double> forecasts,
                        std::span<const std::size_t> outputs) {
  const std::size_t all = scored.windows.outputs();
  std::vector<double> actual, forecast, naive;
  bool known = true;
  for (std::size_t begin = 0; begin < scored.actual.size(); begin += all) {
    for (const std::size_t output : outputs) {
      const std::optional<double>& unit = scored.naive_errors[output % scored.targets()];
      actual.push_back(scored.actual[begin + output]);
      forecast.push_back(forecasts[begin + output]);
      naive.push_back(unit.value_or(1));
      known = known && unit.has_value();
    }
  }
  if (!known) naive.clear();
  return error_metrics(actual, forecast, naive);
}

/// `forecasts` in file units.
EvaluatedMethod evaluated(std::string name, const Scored& scored,
                          std::span<const double> forecasts) {
  const std::size_t targets = scored.targets(), horizon = scored.windows.horizon();
  std::vector<std::size_t> outputs(targets * horizon);
  std::iota(outputs.begin(), outputs.end(), std::size_t{0});
  EvaluatedMethod method{.name = std::move(name), .all = metrics_of(scored, forecasts, outputs)};
  for (std::size_t step = 0; step < horizon; ++step) {
    method.by_step.push_back(
        metrics_of(scored, forecasts, std::span(outputs).subspan(step * targets, targets)));
  }
  for (std::size_t k = 0; k < targets; ++k) {
    std::vector<std::size_t> own;
    for (std::size_t step = 0; step < horizon; ++step) own.push_back(step * targets + k);
    method.by_target.push_back(metrics_of(scored, forecasts, own));
  }
  return method;
}

/// Those that need no training; a season that reaches behind the file's first row is told.
std::vector<EvaluatedMethod> naive_methods(const Scored& scored, std::vector<std::string>& notes) {
  const Frame& frame = scored.run.frame;
  const std::size_t window = scored.windows.window(), horizon = scored.windows.horizon();
  std::vector<EvaluatedMethod> methods;
  methods.push_back(evaluated("persistence", scored,
                              persistence_forecasts(frame, scored.indices, window, horizon)));
  if (!scored.run.loaded.config.data.season) return methods;
  const auto season = static_cast<std::size_t>(*scored.run.loaded.config.data.season);
  if (season > window) {
    notes.push_back(fmt::format(
        "seasonal_naive is left out: a season of {} rows reaches behind the first row of the first "
        "{} windows",
        season, std::min(season - window, scored.indices.size())));
    return methods;
  }
  methods.push_back(
      evaluated("seasonal_naive", scored,
                seasonal_naive_forecasts(frame, scored.indices, window, horizon, season)));
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

void evaluate_intervals(const EvaluationRequest& request, const Scored& scored,
                        std::span<const double> forecasts, Evaluation& evaluation) {
  const Calibration calibration =
      load_calibration(request.run, scored.windows.horizon(), scored.targets());
  const std::vector<double> levels =
      interval_levels("--level", request.levels, calibration.windows);
  const FrameForecasts made{.frame = scored.run.frame,
                            .scaling = scored.run.scaling,
                            .window = scored.windows.window(),
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

/// Those with targets.
std::size_t known_rows(const Frame& frame) {
  std::size_t rows = 0;
  for (const Series& series : frame.all_series()) rows += series.known_rows();
  return rows;
}

Scored scored_windows(const RunOnFile& run, const Windows& windows,
                      const std::optional<TrainingRows>& training) {
  std::size_t expected = 0;
  for (const Series& series : run.frame.all_series()) {
    expected += count_windows(series.known_rows(), windows.window(), windows.horizon());
  }
  if (expected == 0) {
    throw Error(
        fmt::format("{}: a window to score takes {} of input and {} to forecast, the file "
                    "has {}",
                    run.frame.path, counted(windows.window(), "row"), windows.horizon(),
                    counted(known_rows(run.frame), "row")));
  }
  std::vector<std::size_t> indices = windows.indices();
  if (indices.size() != expected) {
    throw Error(fmt::format("[evaluate] {} windows, expected {}", indices.size(), expected));
  }
  Scored scored{.run = run,
                .windows = windows,
                .indices = std::move(indices),
                .actual = {},
                .naive_errors = std::vector<std::optional<double>>(windows.targets())};
  scored.actual = target_values(run.frame, scored.indices, windows.window(), windows.horizon());
  if (training) scored.naive_errors = training->naive_errors;
  return scored;
}

}  // namespace

Evaluation evaluate(const EvaluationRequest& request) {
  const RunOnFile run = open_run_on(request.run, request.input, Beyond::nothing);
  refuse_levels_of_quantiles(run.loaded, request.levels);
  const Windows windows(run.frame, run.scaling,
                        static_cast<std::size_t>(run.loaded.trained.shape.window),
                        static_cast<std::size_t>(run.loaded.trained.shape.horizon));
  Evaluation evaluation{.targets = {},
                        .rows = known_rows(run.frame),
                        .window = windows.window(),
                        .horizon = windows.horizon(),
                        .notes = run.frame.notes};
  for (const DescribedColumn& target : run.loaded.trained.targets) {
    evaluation.targets.push_back(target.name);
  }
  const std::optional<TrainingRows> training =
      recorded_training_rows(read_file(request.run + "/metrics.json"), evaluation.targets);
  if (!training) {
    evaluation.notes.push_back(fmt::format(
        "no MASE: {}/metrics.json doesn't say how naive forecasts fare on the training rows; train "
        "the run again",
        request.run));
  }
  const Scored scored = scored_windows(run, windows, training);
  evaluation.windows = scored.indices.size();
  const TrainingOverlap overlap =
      training_overlap(request.run, run.frame, training, windows.window(), windows.horizon());
  evaluation.training_windows = overlap.windows;
  if (!overlap.note.empty()) evaluation.notes.push_back(overlap.note);
  const WindowForecasts forecasts = forecast_in_batches(scored, request.batch, request.threads);
  const std::vector<ColumnScale> scales =
      target_scales(run.frame, run.scaling, scored.indices, windows.horizon());
  evaluation.model = evaluated(run.loaded.trained.type, scored, restored(forecasts.mean, scales));
  evaluation.baselines = naive_methods(scored, evaluation.notes);
  evaluation.intervals = score_own_intervals(forecasts, run.loaded.trained.shape.quantiles, scales,
                                             scored.actual, scored.targets());
  if (!request.levels.empty()) evaluate_intervals(request, scored, forecasts.mean, evaluation);
  return evaluation;
}

}  // namespace espalier
