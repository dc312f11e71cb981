#include <filesystem>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/time.h"
#include "apps/data/windows.h"
#include "apps/prediction/loaded_run.h"
#include "apps/prediction/prediction.h"
#include "apps/prediction/time_step.h"
#include "apps/training/forecaster.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

void check_input(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return;
  throw UsageError(
      fmt::format("--input {}: there is no such file; name a CSV file with the columns "
                  "that the model reads",
                  path.empty() ? "\"\"" : on_one_line(path)));
}

Scaling scaling_of(const TrainedModel& trained) {
  Scaling scaling;
  for (const DescribedColumn& feature : trained.features) scaling.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scaling.targets.push_back(target.scale);
  return scaling;
}

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

}  // namespace

Prediction predict(const PredictionRequest& request) {
  check_input(request.input);
  const LoadedRun loaded = load_run(request.run, request.input);
  const TrainedModel& trained = loaded.trained;
  const std::size_t horizon = chosen_horizon(loaded, request.horizon);
  const Frame frame = read_known_rows(loaded.config.data, loaded.config.protocol);
  const Scaling scaling = scaling_of(trained);
  const Windows windows(frame, scaling, static_cast<std::size_t>(trained.shape.window),
                        static_cast<std::size_t>(trained.shape.horizon), Windows::Targets::unknown);
  if (windows.count() == 0) {
    throw Error(fmt::format("{}: a forecast takes {} without a gap in values, the file has {}",
                            frame.path, counted(windows.window(), "row"), frame.rows()));
  }
  std::vector<std::size_t> origins(request.rolling ? windows.count() : 1);
  std::iota(origins.begin(), origins.end(), windows.count() - origins.size());
  const WindowForecasts forecasts =
      forecast_windows(*trained.model, loaded.regularizers, windows, origins, request.threads);

  Prediction prediction{.values = {}, .notes = frame.notes};
  const Times times(frame, prediction.notes);
  const std::size_t targets = trained.targets.size();
  for (std::size_t w = 0; w < origins.size(); ++w) {
    const std::size_t next = origins[w] + windows.window();
    for (std::size_t i = 0; i < horizon * targets; ++i) {
      const DescribedColumn& target = trained.targets[i % targets];
      const std::size_t at = w * windows.outputs() + i;
      prediction.values.push_back({.ds = times.text(next + i / targets),
                                   .cutoff = times.text(next - 1),
                                   .step = i / targets + 1,
                                   .target = target.name,
                                   .y_hat = target.scale.restored(forecasts.mean[at])});
      if (forecasts.samples > 1) {
        prediction.values.back().deviation = forecasts.deviation[at] * target.scale.deviation;
      }
    }
  }
  return prediction;
}

}  // namespace espalier
