#include "apps/leakage/two_futures.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/training/forecaster.h"
#include "core/random.h"
#include "core/slab.h"

namespace espalier {

namespace {

constexpr std::size_t chunk_windows = 256;

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_scale(const ColumnScale& a, const ColumnScale& b) {
  return same(a.mean, b.mean) && same(a.deviation, b.deviation);
}

/// Whether the file has no value there.
bool was_missing(const TwoFutures& futures, std::size_t column, std::size_t row) {
  const Frame& raw = futures.raw;
  const Frame& frame = futures.original.frame;
  const auto name = std::ranges::find(raw.names, frame.names[column]);
  const std::string id = series_of_row(frame, row).id;
  const std::vector<Series> all = raw.all_series();
  const auto series = std::ranges::find(all, id, &Series::id);
  if (name == raw.names.end() || series == all.end()) return false;
  if (is_inserted(frame, row)) return true;
  const auto there = row_on_line(raw, *series, frame.lines[row]);
  return there &&
         std::isnan(raw.columns[static_cast<std::size_t>(name - raw.names.begin())][*there]);
}

/// Why a shared value has changed.
std::string changed_value(const TwoFutures& futures, std::size_t column, std::size_t row) {
  const std::string what = fmt::format(
      "column {} at {}", in_quotes(futures.original.frame.names[column]), futures.time_of(row));
  if (was_missing(futures, column, row)) {
    return fmt::format(
        "\"missing\": {} is filled from rows after {} (interpolation looks ahead); \"ffill\" "
        "doesn't",
        what, futures.parting);
  }
  return fmt::format("{} is computed from rows after {}: it isn't known by then", what,
                     futures.parting);
}

/// Whether the rows up to the end of `range` are those of the same lines and series in both.
bool same_rows(const TwoFutures& futures, const RowRange& range) {
  const Frame& one = futures.original.frame;
  const Frame& other = futures.altered.frame;
  const Series series = series_of_row(one, range.begin);
  if (other.rows() < range.end || series_of_row(other, range.begin).id != series.id) return false;
  const auto first = static_cast<std::ptrdiff_t>(series.begin);
  const auto last = static_cast<std::ptrdiff_t>(range.end);
  return std::equal(one.lines.begin() + first, one.lines.begin() + last,
                    other.lines.begin() + first);
}

/// The first of `count` windows whose values, one run per row and column, differ; `count`: none.
std::size_t first_differing(std::span<const real> one, std::span<const real> other,
                            std::size_t count) {
  std::size_t first = count;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (std::memcmp(&one[i], &other[i], sizeof(real)) != 0) first = std::min(first, i % count);
  }
  return first;
}

/// In file units.
std::vector<double> forecasts_of(const ForecastingTask& task, const Learner& learner,
                                 std::span<const std::size_t> windows) {
  std::vector<double> values =
      forecast_windows(*learner.model, learner.regularizers, task.windows, windows, 1).mean;
  const std::vector<ColumnScale> scales =
      target_scales(task.frame, task.scaling, windows, task.windows.horizon());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = scales[i].restored(values[i]);
  return values;
}

}  // namespace

std::string TwoFutures::time_of(std::size_t row) const {
  const std::string& time = original.frame.time_texts[row];
  if (!original.frame.has_series_column()) return time;
  return fmt::format("{} of series {}", time, in_quotes(series_of_row(original.frame, row).id));
}

Frame changed_after(Frame raw, const std::map<std::string, std::size_t>& last_lines) {
  RandomStream stream(RandomKey(1).derive("leak proof"));
  std::vector<bool> changes;
  changes.reserve(raw.rows());
  for (const Series& series : raw.all_series()) {
    const auto last = last_lines.find(series.id);
    for (std::size_t row = series.begin; row < series.end; ++row) {
      changes.push_back(last != last_lines.end() && raw.lines[row] > last->second);
    }
  }
  std::vector<bool> known_ahead(raw.columns.size(), false);
  for (std::size_t f = 0; f < raw.features.size(); ++f) {
    known_ahead[raw.features[f]] = raw.lead(f) > 0;
  }
  for (std::size_t c = 0; c < raw.columns.size(); ++c) {
    if (known_ahead[c]) continue;
    std::vector<double>& column = raw.columns[c];
    double largest = 0;
    for (const double value : column) {
      if (!std::isnan(value)) largest = std::max(largest, std::abs(value));
    }
    if (largest == 0) largest = 1;
    for (std::size_t row = 0; row < raw.rows(); ++row) {
      if (!changes[row] || std::isnan(column[row])) continue;
      const double other = 0.5 * column[row] + largest * stream.uniform();
      column[row] = other != column[row] ? other : largest;
    }
  }
  return raw;
}

std::vector<std::string> differing_rows(const TwoFutures& futures) {
  const Frame& one = futures.original.frame;
  const Frame& other = futures.altered.frame;
  for (const RowRange& range : futures.shared) {
    if (other.columns.size() == one.columns.size() && same_rows(futures, range)) continue;
    return {fmt::format("which rows up to {} are used depends on later ones",
                        futures.time_of(range.end - 1))};
  }
  std::vector<std::string> leaks;
  for (std::size_t c = 0; c < one.columns.size(); ++c) {
    for (const RowRange& range : futures.shared) {
      std::size_t row = range.begin;
      while (row < range.end && same(one.columns[c][row], other.columns[c][row])) ++row;
      if (row == range.end) continue;
      leaks.push_back(changed_value(futures, c, row));
      break;
    }
  }
  return leaks;
}

std::vector<std::string> differing_scales(const TwoFutures& futures) {
  std::vector<std::string> names;
  const auto compare = [&](const std::vector<ColumnScale>& a, const std::vector<ColumnScale>& b,
                           const std::vector<std::size_t>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& name = futures.original.frame.names[columns[i]];
      if (!same_scale(a[i], b[i]) && std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
      }
    }
  };
  const std::vector<SeriesScaling>& one = futures.original.scaling.series;
  const std::vector<SeriesScaling>& other = futures.altered.scaling.series;
  for (std::size_t s = 0; s < std::min(one.size(), other.size()); ++s) {
    compare(one[s].features, other[s].features, futures.original.frame.features);
    compare(one[s].targets, other[s].targets, futures.original.frame.targets);
  }
  return names;
}

std::optional<std::string> differing_training(const TwoFutures& futures, std::size_t& equal) {
  const std::vector<std::size_t>& train = futures.original.split.train;
  if (futures.altered.split.train != train) return "which windows train depends on later rows";
  const Windows& windows = futures.original.windows;
  const std::size_t inputs = windows.window() * windows.features();
  AlignedVector<real> x(inputs * chunk_windows), other_x(x.size());
  AlignedVector<real> y(windows.outputs() * chunk_windows), other_y(y.size());
  for (std::size_t begin = 0; begin < train.size(); begin += chunk_windows) {
    const std::size_t count = std::min(chunk_windows, train.size() - begin);
    const auto chunk = std::span(train).subspan(begin, count);
    windows.gather(chunk, x.data(), y.data());
    futures.altered.windows.gather(chunk, other_x.data(), other_y.data());
    const std::size_t first =
        std::min(first_differing(std::span(x).first(inputs * count), other_x, count),
                 first_differing(std::span(y).first(windows.outputs() * count), other_y, count));
    equal += first;
    if (first == count) continue;
    return fmt::format("the training window that begins at {} depends on rows after {}",
                       futures.time_of(chunk[first]), futures.parting);
  }
  return std::nullopt;
}

bool same_forecasts(const TwoFutures& futures, const Learner& learner,
                    std::span<const std::size_t> windows) {
  return std::ranges::equal(forecasts_of(futures.original, learner, windows),
                            forecasts_of(futures.altered, learner, windows), same);
}

}  // namespace espalier
