#include "apps/data/leak.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

constexpr double tolerance = 1e-9;
constexpr std::size_t fewest_convincing_rows = 10;
/// One mismatch is forgiven in so many rows.
constexpr std::size_t rows_per_mismatch = 100;

using Column = std::vector<double>;

/// Counts matches and mismatches; tells early when too many rows mismatch.
class Tally {
 public:
  explicit Tally(std::size_t most_rows) : allowed_(most_rows / rows_per_mismatch) {}

  void add(bool matches) { ++(matches ? matches_ : mismatches_); }
  bool hopeless() const { return mismatches_ > allowed_; }
  bool convincing() const {
    const std::size_t rows = matches_ + mismatches_;
    return rows >= fewest_convincing_rows && mismatches_ * rows_per_mismatch <= rows;
  }

 private:
  std::size_t allowed_;
  std::size_t matches_ = 0;
  std::size_t mismatches_ = 0;
};

/// Rows at which the target is known and differs from the row before.
std::vector<std::size_t> rows_of_change(const Column& target) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 1; row < target.size(); ++row) {
    if (std::isfinite(target[row]) && std::isfinite(target[row - 1]) &&
        target[row] != target[row - 1]) {
      rows.push_back(row);
    }
  }
  return rows;
}

/// `changes` and the rows just before them: where a copy of the present shows to be one.
std::vector<std::size_t> rows_around(std::span<const std::size_t> changes) {
  std::vector<std::size_t> rows;
  for (const std::size_t row : changes) {
    if (rows.empty() || rows.back() != row - 1) rows.push_back(row - 1);
    rows.push_back(row);
  }
  return rows;
}

/// Whether feature[i] = target[i + shift] where i + shift is one of `rows`.
bool equals_ahead(const Column& feature, const Column& target, std::span<const std::size_t> rows,
                  std::size_t shift) {
  Tally tally(rows.size());
  for (const std::size_t row : rows) {
    if (row < shift || std::isnan(feature[row - shift])) continue;
    const double copy = feature[row - shift];
    tally.add(std::abs(copy - target[row]) <=
              tolerance * std::max(std::abs(copy), std::abs(target[row])));
    if (tally.hopeless()) return false;
  }
  return tally.convincing();
}

/// Whether feature[i] = a·target[i + shift] + b with a ≠ 0, where i + shift is one of `rows`.
/// The line goes through the lowest and the highest target; the rows strictly between them are what
/// proves it.
bool follows_ahead(const Column& feature, const Column& target, std::span<const std::size_t> rows,
                   std::size_t shift) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t low = none;
  std::size_t high = none;
  for (const std::size_t row : rows) {
    if (row < shift || std::isnan(feature[row - shift])) continue;
    if (low == none || target[row] < target[low]) low = row;
    if (high == none || target[row] > target[high]) high = row;
  }
  if (low == high) return false;
  const double rise = feature[high - shift] - feature[low - shift];
  const double slope = rise / (target[high] - target[low]);
  if (slope == 0 || !std::isfinite(slope)) return false;
  Tally tally(rows.size());
  for (const std::size_t row : rows) {
    if (row < shift || std::isnan(feature[row - shift])) continue;
    if (target[row] == target[low] || target[row] == target[high]) continue;
    const double line = feature[low - shift] + slope * (target[row] - target[low]);
    tally.add(std::abs(feature[row - shift] - line) <= tolerance * std::abs(rise));
    if (tally.hopeless()) return false;
  }
  return tally.convincing();
}

/// Whether the target has two values, and the feature one for each of them at the same time.
bool mirrors(const Column& feature, const Column& target, std::span<const std::size_t> rows) {
  std::map<double, double> values;
  for (const std::size_t row : rows) {
    if (std::isnan(feature[row])) continue;
    const auto [known, is_new] = values.emplace(target[row], feature[row]);
    if (known->second != feature[row] || values.size() > 2) return false;
  }
  return values.size() == 2;
}

/// Whether the target repeats itself exactly with some period of at least `shift` rows: then its
/// value `shift` rows ahead has been seen already.
bool repeats_itself(const Column& target, std::span<const std::size_t> rows, std::size_t shift) {
  constexpr std::size_t longest_period = 10000;
  double low = target[rows.front()];
  double high = low;
  for (const std::size_t row : rows) {
    low = std::min(low, target[row]);
    high = std::max(high, target[row]);
  }
  const std::size_t longest = std::min(longest_period, target.size() / 2);
  for (std::size_t period = shift; period <= longest; ++period) {
    Tally tally(rows.size());
    for (const std::size_t row : rows) {
      if (row < period || std::isnan(target[row - period])) continue;
      tally.add(std::abs(target[row] - target[row - period]) <= tolerance * (high - low));
      if (tally.hopeless()) break;
    }
    if (!tally.hopeless() && tally.convincing()) return true;
  }
  return false;
}

[[noreturn]] void refuse(const Frame& frame, std::size_t feature, std::size_t target_index,
                         std::size_t shift, bool equal) {
  const std::string name = in_quotes(frame.names[feature]);
  throw UsageError(fmt::format(
      "{}: column {} {} the target {} {} row{} ahead: a model would be told what it is to "
      "forecast; leave {} out of \"features\"",
      frame.path, name, equal ? "equals" : "is a rescaled copy of",
      in_quotes(frame.names[target_index]), shift, shift == 1 ? "" : "s", name));
}

void refuse_leaks_of(const Frame& frame, std::size_t target_index, std::size_t window,
                     std::size_t horizon) {
  const Column& target = frame.columns[target_index];
  const std::vector<std::size_t> changes = rows_of_change(target);
  const std::vector<std::size_t> around = rows_around(changes);
  const std::size_t furthest = std::min(window + horizon - 1, target.size() - 1);
  for (const std::size_t index : frame.features) {
    const Column& feature = frame.columns[index];
    if (equals_ahead(feature, target, around, 0) || follows_ahead(feature, target, around, 0) ||
        mirrors(feature, target, around)) {
      continue;
    }
    for (std::size_t shift = 1; shift <= furthest; ++shift) {
      const bool equal = equals_ahead(feature, target, changes, shift);
      if (!equal && !follows_ahead(feature, target, changes, shift)) continue;
      if (repeats_itself(target, around, shift)) break;
      refuse(frame, index, target_index, shift, equal);
    }
  }
}

/// The frame as windows see it: features with a lead brought forward by it, and `gap` rows without
/// values between series, so that no comparison reaches into the next.
Frame as_seen(const Frame& frame, std::size_t gap) {
  Frame seen;
  seen.path = frame.path;
  seen.names = frame.names;
  seen.targets = frame.targets;
  seen.features = frame.features;
  std::vector<std::size_t> leads(frame.columns.size(), 0);
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    leads[frame.features[f]] = frame.lead(f);
  }
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Series> all = frame.all_series();
  for (std::size_t c = 0; c < frame.columns.size(); ++c) {
    Column column;
    for (const Series& series : all) {
      // Only between series: a longer column would seem to repeat itself more often.
      if (!column.empty()) column.insert(column.end(), gap, unknown);
      const std::size_t first = std::min(series.begin + leads[c], series.end);
      const auto values = std::span(frame.columns[c]).subspan(first, series.end - first);
      column.insert(column.end(), values.begin(), values.end());
      column.insert(column.end(), first - series.begin, unknown);
    }
    seen.columns.push_back(std::move(column));
  }
  return seen;
}

}  // namespace

void refuse_leaks(const Frame& frame, std::size_t window, std::size_t horizon) {
  const Frame seen = as_seen(frame, window + horizon);
  for (const std::size_t target : seen.targets) refuse_leaks_of(seen, target, window, horizon);
}

}  // namespace espalier
