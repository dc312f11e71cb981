#include "apps/data/scaler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Of so many values, `squares` being the sum of their squared distances from their mean.
ColumnScale scale_from(double count, double mean, double squares) {
  const double variance = squares / count;
  if (!std::isfinite(mean) || !std::isfinite(variance)) {
    throw Error("the values are too large to standardise, as their squares overflow");
  }
  // The error of the mean alone already makes a constant column vary this much.
  const double epsilon = std::numeric_limits<double>::epsilon();
  const double mean_error = count * mean * epsilon;
  const bool constant = variance <= count * epsilon * variance + mean_error * mean_error;
  return {mean, constant ? 1 : std::sqrt(variance)};
}

/// Of one column in the training rows of `series`.
ColumnScale scale_of(const Frame& frame, std::size_t column, std::span<const Series> series,
                     std::span<const std::size_t> train_rows) {
  std::vector<double> values;
  for (std::size_t s = 0; s < series.size(); ++s) {
    if (train_rows[s] > series[s].known_rows()) {
      throw Error(
          fmt::format("[scaler] asked for {} rows of {}", train_rows[s], series[s].known_rows()));
    }
    const auto rows = std::span(frame.columns[column]).subspan(series[s].begin, train_rows[s]);
    values.insert(values.end(), rows.begin(), rows.end());
  }
  try {
    return standard_scale(values);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: column {}: {}; express it in a larger unit", frame.path,
                            in_quotes(frame.names[column]), error.what()));
  }
}

}  // namespace

ColumnScale standard_scale(std::span<const double> values) {
  if (values.empty()) throw Error("[scaler] no rows to fit to");
  const double count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return scale_from(count, mean, squares);
}

std::vector<ColumnScale> growing_scales(std::span<const double> values, std::size_t from) {
  if (from == 0) throw Error("[scaler] no rows to fit to");
  std::vector<ColumnScale> scales;
  // Welford's way: what is known after each value follows from what was known before it.
  double count = 0, mean = 0, squares = 0;
  for (const double value : values) {
    ++count;
    const double distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
    if (count >= static_cast<double>(from)) scales.push_back(scale_from(count, mean, squares));
  }
  return scales;
}

std::span<const ColumnScale> SeriesScaling::targets_in(std::size_t window) const {
  if (by_window.empty()) return targets;
  return std::span(by_window).subspan(window * targets.size(), targets.size());
}

std::size_t target_that_is(const Frame& frame, std::size_t feature) {
  const auto found = std::ranges::find(frame.targets, frame.features[feature]);
  return static_cast<std::size_t>(found - frame.targets.begin());
}

const SeriesScaling& Scaling::only() const {
  if (series.size() != 1) {
    throw Error(fmt::format("[scaler] one series expected, there are {}", series.size()));
  }
  return series.front();
}

Scaling fit_scaling(const Frame& frame, const std::string& kind,
                    std::span<const std::size_t> train_rows) {
  const std::vector<Series> all = frame.all_series();
  if (train_rows.size() != all.size()) {
    throw Error(fmt::format("[scaler] training rows of {} series, there are {}", train_rows.size(),
                            all.size()));
  }
  SeriesScaling shared;
  shared.features.resize(frame.features.size());
  shared.targets.resize(frame.targets.size());
  Scaling scaling{.series = {all.size(), shared}};
  if (kind == "none") return scaling;
  if (kind != "standard") {
    throw Error(fmt::format("\"scale\" is {}; expected \"standard\" or \"none\"", in_quotes(kind)));
  }
  for (std::size_t s = 0; s < all.size(); ++s) {
    // A series without training rows has no windows to be scaled either, unless it is alone.
    if (train_rows[s] == 0 && all.size() > 1) continue;
    for (std::size_t k = 0; k < frame.targets.size(); ++k) {
      scaling.series[s].targets[k] =
          scale_of(frame, frame.targets[k], std::span(&all[s], 1), train_rows.subspan(s, 1));
    }
  }
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    const std::size_t k = target_that_is(frame, f);
    const bool is_target = k < frame.targets.size();
    const ColumnScale common =
        is_target ? ColumnScale() : scale_of(frame, frame.features[f], all, train_rows);
    for (SeriesScaling& series : scaling.series) {
      series.features[f] = is_target ? series.targets[k] : common;
    }
  }
  return scaling;
}

std::vector<std::size_t> series_of_windows(const Frame& frame,
                                           std::span<const std::size_t> windows) {
  const std::vector<Series> all = frame.all_series();
  std::vector<std::size_t> places;
  places.reserve(windows.size());
  for (const std::size_t index : windows) {
    const auto behind = std::ranges::upper_bound(all, index, {}, &Series::begin);
    places.push_back(static_cast<std::size_t>(behind - all.begin()) - 1);
  }
  return places;
}

std::vector<ColumnScale> target_scales(const Frame& frame, const Scaling& scaling,
                                       std::span<const std::size_t> windows, std::size_t horizon) {
  std::vector<ColumnScale> scales;
  scales.reserve(windows.size() * horizon * frame.targets.size());
  const std::vector<Series> all = frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(frame, windows);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const std::span<const ColumnScale> targets =
        scaling.series.at(places[w]).targets_in(windows[w] - all[places[w]].begin);
    for (std::size_t step = 0; step < horizon; ++step) {
      scales.insert(scales.end(), targets.begin(), targets.end());
    }
  }
  return scales;
}

}  // namespace espalier
