#include "apps/data/sentinel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"

namespace espalier {

namespace {

constexpr std::ptrdiff_t fewest_times = 5;
constexpr std::size_t fewest_others = 10;

struct Sentinel {
  double value;
  std::ptrdiff_t times;
  /// Range of the other values.
  double lowest, highest;
};

/// Of the lowest value in `sorted`, or of the highest where the values are given negated.
std::optional<Sentinel> lowest_as_sentinel(const std::vector<double>& sorted) {
  const double value = sorted.front();
  const auto others = std::ranges::upper_bound(sorted, value);
  const std::ptrdiff_t times = others - sorted.begin();
  if (times < fewest_times || others == sorted.end()) return std::nullopt;
  const double spread = sorted.back() - *others;
  if (spread == 0 || *others - value <= spread) return std::nullopt;
  return Sentinel{value, times, *others, sorted.back()};
}

/// The lowest value, if no other is negative.
std::optional<Sentinel> only_negative(const std::vector<double>& sorted) {
  const double value = sorted.front();
  const auto others = std::ranges::upper_bound(sorted, value);
  const std::ptrdiff_t times = others - sorted.begin();
  if (value >= 0 || times < fewest_times || others == sorted.end() || *others < 0) {
    return std::nullopt;
  }
  std::vector<double> distinct(others, sorted.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() < fewest_others) return std::nullopt;
  return Sentinel{value, times, *others, sorted.back()};
}

std::optional<Sentinel> sentinel_of(const std::vector<double>& column) {
  std::vector<double> sorted;
  std::ranges::copy_if(column, std::back_inserter(sorted), [](double v) { return !std::isnan(v); });
  if (sorted.empty()) return std::nullopt;
  std::ranges::sort(sorted);
  if (auto found = lowest_as_sentinel(sorted)) return found;
  if (auto found = only_negative(sorted)) return found;
  std::ranges::reverse(sorted);
  for (double& value : sorted) value = -value;
  std::optional<Sentinel> found = lowest_as_sentinel(sorted);
  if (found) *found = {-found->value, found->times, -found->highest, -found->lowest};
  return found;
}

}  // namespace

void note_sentinels(Frame& frame) {
  // A file has one mark for all of its columns, as a rule.
  std::map<double, std::vector<std::string>> columns;
  for (std::size_t c = 0; c < frame.columns.size(); ++c) {
    const std::optional<Sentinel> found = sentinel_of(frame.columns[c]);
    if (!found) continue;
    columns[found->value].push_back(fmt::format("{} ({} rows; else {} to {})",
                                                in_quotes(frame.names[c]), found->times,
                                                found->lowest, found->highest));
  }
  for (const auto& [value, where] : columns) {
    frame.notes.push_back(fmt::format(
        "{} looks like a mark for \"no value\" in {}: it is far from all other values, or the only "
        "negative one; if it is a mark, add \"{}\" to \"missing_markers\"",
        value, fmt::join(where, ", "), value));
  }
}

}  // namespace espalier
