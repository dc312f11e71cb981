#include "apps/data/missing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/frame_rows.h"
#include "core/error.h"

namespace espalier {

namespace {

std::size_t count_missing(const std::vector<double>& column) {
  const auto missing = std::ranges::count_if(column, [](double v) { return std::isnan(v); });
  return static_cast<std::size_t>(missing);
}

/// The same of all columns.
std::size_t count_missing(const Frame& frame) {
  std::size_t total = 0;
  for (const auto& column : frame.columns) total += count_missing(column);
  return total;
}

/// "CO(GT)" 1683, "NMHC(GT)" 8443
std::string counts_by_column(const Frame& frame) {
  std::string list;
  for (std::size_t c = 0; c < frame.columns.size(); ++c) {
    const std::size_t missing = count_missing(frame.columns[c]);
    if (missing == 0) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", in_quotes(frame.names[c]), missing);
  }
  return list;
}

[[noreturn]] void refuse_missing(const Frame& frame) {
  std::size_t row = 0;
  std::size_t column = 0;
  while (!std::isnan(frame.columns[column][row])) {
    if (++column < frame.columns.size()) continue;
    column = 0;
    ++row;
  }
  const std::size_t total = count_missing(frame);
  throw Error(fmt::format(
      "{}:{}: column {}{} has no value here; {} missing in all ({}): set \"missing\" to \"ffill\", "
      "\"interpolate\" or \"drop\", or leave the column out",
      frame.path, frame.lines[row], in_quotes(frame.names[column]),
      frame.has_series_column() ? " of series " + in_quotes(series_of_row(frame, row).id) : "",
      counted(total, "value"), counts_by_column(frame)));
}

void drop_rows(Frame& frame) {
  const std::string counts = counts_by_column(frame);
  std::vector<bool> kept(frame.rows(), true);
  for (const auto& column : frame.columns) {
    for (std::size_t row = 0; row < kept.size(); ++row) {
      if (std::isnan(column[row])) kept[row] = false;
    }
  }
  const std::size_t before = frame.rows();
  const std::size_t dropped = keep_rows(frame, kept);
  if (frame.rows() == 0) {
    throw Error(fmt::format(
        "{}: every one of the {} rows lacks a value ({}), so \"missing\": \"drop\" leaves none; "
        "leave columns out or fill",
        frame.path, before, counts));
  }
  frame.notes.push_back(
      fmt::format("dropped {} of {} with values missing ({}); windows run on across the gaps",
                  dropped, counted(before, "row"), counts));
}

using Column = std::vector<double>;

/// The first row of `series` by which every column has had a value there; series.known_end: none.
std::size_t first_known_row(const Frame& frame, const Series& series) {
  std::size_t row = series.begin;
  for (const Column& column : frame.columns) {
    std::size_t first = series.begin;
    while (first < series.known_end && std::isnan(column[first])) ++first;
    row = std::max(row, first);
  }
  return row;
}

/// The rows of every series from where all of its columns have had a value; the others are noted.
std::vector<bool> rows_from_known_beginnings(Frame& frame) {
  const std::vector<Series> all = frame.all_series();
  std::vector<bool> kept(frame.rows(), true);
  std::size_t beginnings = 0;
  for (const Series& series : all) {
    std::size_t start = first_known_row(frame, series);
    if (start == series.known_end) start = series.end;
    if (start > series.begin) ++beginnings;
    std::fill(kept.begin() + static_cast<std::ptrdiff_t>(series.begin),
              kept.begin() + static_cast<std::ptrdiff_t>(start), false);
  }
  if (beginnings == 0) return kept;
  const std::size_t dropped = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), false));
  frame.notes.push_back(
      all.size() == 1
          ? fmt::format("dropped the first {}: not every column has had a value there",
                        counted(dropped, "row"))
          : fmt::format("dropped {} at the beginning of {} series: not every column has had a "
                        "value there",
                        counted(dropped, "row"), beginnings));
  return kept;
}

/// Of rows begin … end − 1, the first of which, if there is one, has a value.
void fill_forward(Column& column, std::size_t begin, std::size_t end) {
  for (std::size_t row = begin + 1; row < end; ++row) {
    if (std::isnan(column[row])) column[row] = column[row - 1];
  }
}

void fill_linearly(Column& column, std::size_t begin, std::size_t end) {
  std::size_t known = begin;
  for (std::size_t row = begin + 1; row < end; ++row) {
    if (std::isnan(column[row])) continue;
    const double steps = static_cast<double>(row - known);
    for (std::size_t gap = known + 1; gap < row; ++gap) {
      const double share = static_cast<double>(gap - known) / steps;
      column[gap] = (1 - share) * column[known] + share * column[row];
    }
    known = row;
  }
  fill_forward(column, begin, end);
}

/// Fills each column from its first value in a series on.
void fill_columns(Frame& frame, bool interpolate) {
  for (const Series& series : frame.all_series()) {
    for (Column& column : frame.columns) {
      std::size_t first = series.begin;
      while (first < series.known_end && std::isnan(column[first])) ++first;
      (interpolate ? fill_linearly : fill_forward)(column, first, series.known_end);
    }
  }
}

void fill(Frame& frame, bool interpolate) {
  // Before rows are dropped: a column may have had its value there.
  Frame filled = frame;
  fill_columns(filled, interpolate);
  const std::vector<bool> kept = rows_from_known_beginnings(frame);
  keep_rows(frame, kept);
  keep_rows(filled, kept);
  const std::size_t total = count_missing(frame);
  std::size_t in_targets = 0;
  for (const std::size_t target : frame.targets) in_targets += count_missing(frame.columns[target]);
  const std::string counts = counts_by_column(frame);
  frame.columns = std::move(filled.columns);
  if (total == 0) return;
  frame.notes.push_back(fmt::format(
      "filled {} {} ({})", counted(total, "missing value"),
      interpolate ? "by interpolation, which looks ahead" : "with the last value known", counts));
  if (in_targets > 0) {
    frame.notes.push_back(fmt::format("{} filled in the target{} are scored as if measured",
                                      counted(in_targets, "value"),
                                      frame.targets.size() == 1 ? "" : "s"));
  }
}

}  // namespace

MissingMarkers::MissingMarkers(std::span<const std::string> markers, char decimal) {
  for (const std::string& marker : markers) {
    texts_.emplace_back(trimmed(marker));
    ParsedCell parsed = parse_number(marker, '.');
    if (parsed.kind != CellKind::number) parsed = parse_number(marker, decimal);
    if (parsed.kind == CellKind::number) numbers_.push_back(parsed.value);
  }
}

bool MissingMarkers::matches(std::string_view cell, const ParsedCell& parsed) const {
  if (cell.empty() || std::find(texts_.begin(), texts_.end(), cell) != texts_.end()) return true;
  return parsed.kind == CellKind::number &&
         std::find(numbers_.begin(), numbers_.end(), parsed.value) != numbers_.end();
}

void apply_missing_policy(Frame& frame, const std::string& policy) {
  if (count_missing(frame) == 0) return;
  if (policy == "error") refuse_missing(frame);
  if (policy == "drop") {
    drop_rows(frame);
  } else if (policy == "ffill" || policy == "interpolate") {
    fill(frame, policy == "interpolate");
  } else {
    throw Error(
        fmt::format("\"missing\" is {}; expected \"error\", \"ffill\", \"interpolate\" or \"drop\"",
                    in_quotes(policy)));
  }
}

}  // namespace espalier
