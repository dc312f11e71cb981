#include "apps/prediction/run_on_file.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/usage_error.h"
#include "core/error.h"

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

/// The targets' scales of a series that training didn't see: for each window, by all rows up to its
/// last.
std::vector<ColumnScale> own_scales(const Frame& frame, const Series& series, std::size_t window) {
  std::vector<std::vector<ColumnScale>> by_target;
  for (const std::size_t target : frame.targets) {
    try {
      by_target.push_back(growing_scales(
          std::span(frame.columns[target]).subspan(series.begin, series.known_rows()), window));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: column {} of series {}: {}; express it in a larger unit",
                              frame.path, in_quotes(frame.names[target]), in_quotes(series.id),
                              error.what()));
    }
  }
  std::vector<ColumnScale> scales;
  for (std::size_t w = 0; w < by_target.front().size(); ++w) {
    for (const std::vector<ColumnScale>& of_target : by_target) scales.push_back(of_target[w]);
  }
  return scales;
}

SeriesScaling shared_scales(const TrainedModel& trained) {
  SeriesScaling scales;
  for (const DescribedColumn& feature : trained.features) scales.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scales.targets.push_back(target.scale);
  return scales;
}

/// As in training; series that are new by their own rows, unless `scaled` is false.
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
      if (scaled) {
        scales.by_window =
            own_scales(frame, frame.series[s], static_cast<std::size_t>(trained.shape.window));
      }
    }
    for (std::size_t f = 0; f < frame.features.size(); ++f) {
      const std::size_t target = target_that_is(frame, f);
      if (target < frame.targets.size()) scales.features[f] = scales.targets[target];
    }
  }
  if (!strangers.empty()) {
    notes.push_back(fmt::format(
        "{} of {} series are not among those the model was trained on (the first: {}){}",
        strangers.size(), frame.series.size(), in_quotes(strangers.front()),
        scaled ? ": each is scaled by its own rows up to the cutoff" : ""));
  }
  return scaling;
}

}  // namespace

std::string known_rows_text(const Frame& frame) {
  std::size_t most = 0;
  for (const Series& series : frame.all_series()) most = std::max(most, series.known_rows());
  return fmt::format("{} {}", frame.has_series_column() ? "its longest series has" : "the file has",
                     counted(most, "row"));
}

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
