#include "apps/backtest/rows_by_cutoff.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "apps/data/frame_rows.h"
#include "apps/data/future.h"
#include "apps/data/gaps.h"
#include "apps/data/missing.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// The same policy without a look ahead.
DataConfig filled_forward(DataConfig config) {
  if (config.missing == "interpolate") config.missing = "ffill";
  return config;
}

/// The moment of each row.
std::vector<std::size_t> moments_of(const Frame& frame) {
  std::vector<std::size_t> moments;
  moments.reserve(frame.rows());
  if (frame.all_series().size() == 1) {
    for (std::size_t row = 0; row < frame.rows(); ++row) moments.push_back(row);
    return moments;
  }
  if (frame.times.empty()) {
    throw UsageError(fmt::format(
        "{}: to be cut off at a time, several series take a column of it: name it in \"time\"",
        frame.path));
  }
  std::vector<std::int64_t> times = frame.times;
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (const std::int64_t time : frame.times) {
    const auto at = std::ranges::lower_bound(times, time);
    moments.push_back(static_cast<std::size_t>(at - times.begin()));
  }
  return moments;
}

std::vector<std::size_t> first_rows_of(const std::vector<std::size_t>& moments) {
  std::vector<std::size_t> rows;
  if (moments.empty()) return rows;
  rows.resize(*std::ranges::max_element(moments) + 1);
  for (std::size_t row = moments.size(); row-- > 0;) rows[moments[row]] = row;
  return rows;
}

/// What of `all` was there when the row of `frame` was the last one.
Frame up_to(Frame all, const Frame& frame, std::size_t row) {
  std::vector<bool> kept;
  for (std::size_t r = 0; r < all.rows(); ++r) {
    kept.push_back(all.times.empty() ? all.lines[r] <= frame.lines[row]
                                     : all.times[r] <= frame.times[row]);
  }
  keep_rows(all, kept);
  return all;
}

}  // namespace

RowsByCutoff::RowsByCutoff(Frame raw, DataConfig config)
    : unfilled_(std::move(raw)),
      config_(std::move(config)),
      rows_(complete_frame(unfilled_, filled_forward(config_))),
      moments_(moments_of(rows_)),
      first_rows_(first_rows_of(moments_)) {
  if (config_.missing != "interpolate") return;
  drop_future(unfilled_);
  // Once, by the step of the whole file: what is known by a cutoff may show another one.
  apply_gap_policy(unfilled_, config_.gaps);
  rows_.notes.push_back(
      "interpolation looks ahead: up to a cutoff it fills between rows known by then, after it the "
      "last value known stands in");
}

Frame RowsByCutoff::known_at(std::size_t cutoff) const {
  Frame frame = rows_;
  if (config_.missing != "interpolate") return frame;
  Frame known = up_to(unfilled_, rows_, first_rows_.at(cutoff));
  apply_missing_policy(known, config_.missing);
  const std::vector<Series> all = frame.all_series();
  auto place = all.begin();
  for (const Series& series : known.all_series()) {
    place = std::find_if(place, all.end(), [&](const Series& s) { return s.id == series.id; });
    const std::size_t rows = series.end - series.begin;
    if (place == all.end() || rows > place->end - place->begin ||
        (rows > 0 && moments_[place->begin + rows - 1] > cutoff)) {
      throw Error(fmt::format("[backtest] more rows are known at the cutoff {} than there are",
                              text(cutoff)));
    }
    // What is made of the time stands behind these columns.
    for (std::size_t c = 0; c < known.columns.size(); ++c) {
      const auto from = known.columns[c].begin() + static_cast<std::ptrdiff_t>(series.begin);
      std::copy(from, from + static_cast<std::ptrdiff_t>(rows),
                frame.columns[c].begin() + static_cast<std::ptrdiff_t>(place->begin));
    }
  }
  return frame;
}

}  // namespace espalier
