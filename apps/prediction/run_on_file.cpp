#include "apps/prediction/run_on_file.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

void check_input(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return;
  throw UsageError(fmt::format(
      "--input {}: {}; name a CSV file with the columns that the model reads",
      path.empty() ? "\"\"" : on_one_line(path),
      std::filesystem::exists(path, ignored) ? "this is no file" : "there is no such file"));
}

/// The targets' scales of a series that training didn't see.
std::vector<ColumnScale> own_scales(const Frame& frame, const Series& series) {
  std::vector<ColumnScale> scales;
  for (const std::size_t target : frame.targets) {
    scales.push_back(standard_scale(
        std::span(frame.columns[target]).subspan(series.begin, series.known_rows())));
  }
  return scales;
}

SeriesScaling shared_scales(const TrainedModel& trained) {
  SeriesScaling scales;
  for (const DescribedColumn& feature : trained.features) scales.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scales.targets.push_back(target.scale);
  return scales;
}

/// As in training; series that are new are scaled by their own rows, unless `scaled` is false.
Scaling scaling_of(const TrainedModel& trained, const Frame& frame, bool scaled,
                   std::vector<std::string>& notes) {
  const SeriesScaling shared = shared_scales(trained);
  if (!frame.has_series_column()) return {.series = {shared}};
  Scaling scaling{.series = {frame.series.size(), shared}};
  std::vector<std::string> strangers;
  for (std::size_t s = 0; s < frame.series.size(); ++s) {
    SeriesScaling& scales = scaling.series[s];
    const auto known = trained.series.find(frame.series[s].id);
    if (known != trained.series.end()) {
      scales.targets = known->second;
    } else {
      strangers.push_back(frame.series[s].id);
      if (scaled) scales.targets = own_scales(frame, frame.series[s]);
    }
    for (std::size_t f = 0; f < frame.features.size(); ++f) {
      const auto target = std::ranges::find(frame.targets, frame.features[f]);
      if (target == frame.targets.end()) continue;
      scales.features[f] = scales.targets[static_cast<std::size_t>(target - frame.targets.begin())];
    }
  }
  if (!strangers.empty()) {
    notes.push_back(fmt::format(
        "{} of {} series are not among those the model was trained on (the first: {}){}",
        strangers.size(), frame.series.size(), in_quotes(strangers.front()),
        scaled ? ": they are scaled by their own rows" : ""));
  }
  return scaling;
}

}  // namespace

RunOnFile open_run_on(const std::string& run, const std::string& input, Beyond beyond) {
  check_input(input);
  LoadedRun loaded = load_run(run, input);
  const DataConfig& data = loaded.config.data;
  Frame frame =
      read_known_rows(data, loaded.config.protocol,
                      beyond == Beyond::horizon ? static_cast<std::size_t>(data.horizon) : 0);
  Scaling scaling =
      scaling_of(loaded.trained, frame, loaded.config.data.scale != "none", frame.notes);
  return {.loaded = std::move(loaded), .frame = std::move(frame), .scaling = std::move(scaling)};
}

}  // namespace espalier
