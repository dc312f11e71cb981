#include "apps/data/future.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/frame_rows.h"
#include "apps/data/time_step.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Columns of features that are known ahead.
std::vector<std::size_t> leading_columns(const Frame& frame) {
  std::vector<std::size_t> columns;
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    if (frame.lead(f) > 0) columns.push_back(frame.features[f]);
  }
  return columns;
}

bool has_target(const Frame& frame, std::size_t row) {
  return std::ranges::any_of(frame.targets,
                             [&](std::size_t k) { return !std::isnan(frame.columns[k][row]); });
}

/// The first row of a series' future without a value in one of `columns`; series.end: none.
std::size_t first_incomplete(const Frame& frame, const Series& series,
                             std::span<const std::size_t> columns) {
  std::size_t row = series.known_end;
  const auto complete = [&](std::size_t candidate) {
    return std::ranges::none_of(
        columns, [&](std::size_t c) { return std::isnan(frame.columns[c][candidate]); });
  };
  while (row < series.end && complete(row)) ++row;
  return row;
}

/// Windows look at future rows of leading features only, but need numbers everywhere.
void blank_future(Frame& frame) {
  for (const Series& series : frame.all_series()) {
    for (auto& column : frame.columns) {
      for (std::size_t row = series.known_end; row < series.end; ++row) {
        if (std::isnan(column[row])) column[row] = 0;
      }
    }
  }
}

/// `there`: rows of the future in which the column is known.
[[noreturn]] void refuse_unknown_future(const Frame& frame, const Series& series,
                                        std::size_t column, std::size_t horizon,
                                        std::size_t there) {
  const std::string of = frame.has_series_column() ? " of series " + in_quotes(series.id) : "";
  throw Error(fmt::format(
      "{}:{}: \"known_future\" lists {}, so it must be known for {} after this one, the last{} with "
      "a target; the file has {}: add rows with an empty target, without leaving one out",
      frame.path, frame.lines[series.known_end - 1], in_quotes(frame.names[column]),
      counted(horizon, "row"), of, there));
}

/// The rows that a series lacks of its future.
void add_future(const Frame& frame, const Series& series, std::size_t horizon,
                std::vector<NewRow>& rows) {
  const std::size_t there = series.end - series.known_end;
  std::optional<TimeStep> step;
  if (!frame.times.empty()) {
    try {
      step.emplace(std::span(frame.times).subspan(series.begin, series.end - series.begin));
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}: {}", frame.path, frame.lines[series.begin], error.what()));
    }
  }
  for (std::size_t n = 1; n + there <= horizon; ++n) {
    rows.push_back(
        {.after = series.end - 1, .time = step ? step->after(frame.times[series.end - 1], n) : 0});
  }
}

}  // namespace

void mark_future(Frame& frame) {
  const std::vector<std::size_t> columns = leading_columns(frame);
  if (columns.empty()) return;
  frame.series = frame.all_series();
  std::vector<bool> kept(frame.rows(), true);
  for (Series& series : frame.series) {
    while (series.known_end > series.begin && !has_target(frame, series.known_end - 1)) {
      --series.known_end;
    }
    for (std::size_t row = first_incomplete(frame, series, columns); row < series.end; ++row) {
      kept[row] = false;
    }
  }
  keep_rows(frame, kept);
  blank_future(frame);
}

void drop_future(Frame& frame) {
  mark_future(frame);
  std::vector<bool> kept(frame.rows(), true);
  for (const Series& series : frame.all_series()) {
    for (std::size_t row = series.known_end; row < series.end; ++row) kept[row] = false;
  }
  const std::size_t dropped = keep_rows(frame, kept);
  if (dropped == 0) return;
  frame.notes.push_back(
      fmt::format("left out {} at the end that {} no target: what is known ahead there is for "
                  "forecasts",
                  counted(dropped, "row"), dropped == 1 ? "has" : "have"));
}

void append_future(Frame& frame, std::size_t window, std::size_t horizon) {
  const std::vector<std::size_t> columns = leading_columns(frame);
  std::vector<NewRow> rows;
  for (const Series& series : frame.all_series()) {
    if (series.known_rows() < window) continue;
    const std::size_t there = first_incomplete(frame, series, columns) - series.known_end;
    if (there >= horizon) continue;
    if (!columns.empty()) {
      refuse_unknown_future(frame, series, columns.front(), horizon, there);
    }
    add_future(frame, series, horizon, rows);
  }
  insert_rows(frame, rows);
  blank_future(frame);
}

}  // namespace espalier
