#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/conformal/calibration.h"
#include "apps/conformal/forecast_intervals.h"
#include "apps/conformal/rolling_conformal.h"
#include "apps/data/cell_text.h"
#include "apps/data/time.h"
#include "apps/data/windows.h"
#include "apps/prediction/prediction.h"
#include "apps/prediction/run_on_file.h"
#include "apps/prediction/time_step.h"
#include "apps/training/forecaster.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Times of the rows of a file and of those that would follow.
class Times {
 public:
  /// What is assumed of them goes to `notes`.
  Times(const Frame& frame, std::vector<std::string>& notes) : frame_(frame) {
    if (frame.times.empty()) return;
    step_.emplace(frame.times);
    date_only_ = are_dates(frame.times);
    if (const auto row = step_->first_exception()) {
      notes.push_back(fmt::format(
          "{} of {} steps between rows are not {}, the first from {} to {} (line {}); forecasts go "
          "on in steps of {}",
          step_->exceptions(), frame.rows() - 1, step_->text(), frame.time_texts[*row - 1],
          frame.time_texts[*row], frame.lines[*row], step_->text()));
    }
  }

  std::string text(std::size_t row) const {
    if (row < frame_.rows()) return frame_.time_texts[row];
    const std::size_t steps = row - frame_.rows() + 1;
    if (!step_) return std::to_string(row + 1);
    const std::int64_t time = step_->after(frame_.times.back(), steps);
    return format_timestamp(time, date_only_ && are_dates(std::span(&time, 1)));
  }

 private:
  const Frame& frame_;
  std::optional<TimeStep> step_;
  bool date_only_ = false;
};

std::size_t chosen_horizon(const PredictionRequest& request, const ForecastShape& shape) {
  const std::int64_t horizon = request.horizon.value_or(shape.horizon);
  if (horizon >= 1 && horizon <= shape.horizon) return static_cast<std::size_t>(horizon);
  throw UsageError(fmt::format(
      "--horizon is {}, but the model in {} forecasts {}: expected 1 to {}, or train one with a "
      "longer data.horizon",
      horizon, request.run, counted(static_cast<std::size_t>(shape.horizon), "step"),
      shape.horizon));
}

/// The intervals asked for, of every forecast in `made`; what is to be told goes to `notes`.
std::vector<LevelBounds> asked_intervals(const PredictionRequest& request,
                                         const FrameForecasts& made, const Calibration& calibration,
                                         std::vector<std::string>& notes) {
  const std::vector<double> levels =
      interval_levels("--level", request.levels, calibration.windows);
  const std::size_t own = made.windows.size() - 1;
  if (request.intervals == IntervalMethod::rolling && own < rolling_residuals) {
    notes.push_back(fmt::format(
        "rolling intervals of the last forecast have learnt from {} of {}; the rest is the run's "
        "validation windows",
        counted(own, "earlier forecast"), made.frame.path));
  }
  return forecast_intervals(request.intervals, calibration, levels, made);
}

}  // namespace

Prediction predict(const PredictionRequest& request) {
  const RunOnFile run = open_run_on(request.run, request.input);
  const TrainedModel& trained = run.trained;
  const Frame& frame = run.frame;
  const std::size_t horizon = chosen_horizon(request, trained.shape);
  const Windows windows(frame, run.scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon), Windows::Targets::unknown);
  if (windows.count() == 0) {
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, the file has {}",
                            frame.path, counted(windows.window(), "row"), frame.rows()));
  }
  const bool learns = !request.levels.empty() && request.intervals == IntervalMethod::rolling;
  // Rolling intervals learn from every forecast before.
  std::vector<std::size_t> origins(request.rolling || learns ? windows.count() : 1);
  std::iota(origins.begin(), origins.end(), windows.count() - origins.size());
  const WindowForecasts forecasts = forecast_windows(*run.learner.model, run.learner.regularizers,
                                                     windows, origins, request.threads);

  Prediction prediction{.values = {}, .notes = frame.notes};
  std::vector<LevelBounds> intervals;
  if (!request.levels.empty()) {
    const Calibration calibration =
        load_calibration(request.run, windows.horizon(), windows.targets());
    intervals = asked_intervals(request,
                                {.frame = frame,
                                 .scaling = run.scaling,
                                 .window = windows.window(),
                                 .windows = origins,
                                 .forecasts = forecasts.mean},
                                calibration, prediction.notes);
  }
  const Times times(frame, prediction.notes);
  const std::size_t targets = trained.targets.size();
  for (std::size_t w = request.rolling ? 0 : origins.size() - 1; w < origins.size(); ++w) {
    const std::size_t next = origins[w] + windows.window();
    for (std::size_t i = 0; i < horizon * targets; ++i) {
      const DescribedColumn& target = trained.targets[i % targets];
      const std::size_t at = w * windows.outputs() + i;
      prediction.values.push_back({.ds = times.text(next + i / targets),
                                   .cutoff = times.text(next - 1),
                                   .step = i / targets + 1,
                                   .target = target.name,
                                   .y_hat = target.scale.restored(forecasts.mean[at])});
      PredictedValue& value = prediction.values.back();
      if (forecasts.samples > 1) value.deviation = forecasts.deviation[at] * target.scale.deviation;
      for (std::size_t level = 0; level < intervals.size(); ++level) {
        value.intervals.push_back({.level = request.levels[level],
                                   .lower = intervals[level].lower[at],
                                   .upper = intervals[level].upper[at]});
      }
    }
  }
  return prediction;
}

}  // namespace espalier
