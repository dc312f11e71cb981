#include "apps/data/frame.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/calendar.h"
#include "apps/data/cell_text.h"
#include "apps/data/columns.h"
#include "apps/data/csv.h"
#include "apps/data/frame_rows.h"
#include "apps/data/future.h"
#include "apps/data/gaps.h"
#include "apps/data/leak.h"
#include "apps/data/missing.h"
#include "apps/data/sentinel.h"
#include "apps/data/series.h"
#include "apps/data/time.h"
#include "core/error.h"

namespace espalier {

namespace {

CsvOptions csv_options(const DataConfig& config) {
  CsvOptions options;
  if (config.rows) {
    if (*config.rows < 1) {
      throw Error(fmt::format("\"rows\" is {}; expected 1 or more", *config.rows));
    }
    options.rows = static_cast<std::size_t>(*config.rows);
  }
  if (!config.delimiter) return options;
  if (config.delimiter->size() != 1 ||
      std::string("\"\r\n\0", 4).find(*config.delimiter) != std::string::npos) {
    throw Error(
        fmt::format("\"delimiter\" is {}; expected one character, not a quote or a line end",
                    in_quotes(*config.delimiter)));
  }
  options.delimiter = config.delimiter->front();
  return options;
}

/// The time of every row as text; two columns are joined with a space.
std::vector<std::string> joined_times(const CsvTable& table,
                                      const std::vector<std::size_t>& columns) {
  std::vector<std::string> texts(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (const std::size_t column : columns) {
      if (!texts[row].empty()) texts[row] += ' ';
      texts[row] += trimmed(table.cell(row, column));
    }
  }
  return texts;
}

void require_rising(const Frame& frame, const std::vector<std::string>& texts) {
  const std::vector<std::int64_t>& times = frame.times;
  for (const Series& series : frame.all_series()) {
    for (std::size_t row = series.begin + 1; row < series.end; ++row) {
      if (times[row - 1] < times[row]) continue;
      const auto begin = times.begin() + static_cast<std::ptrdiff_t>(series.begin);
      const auto end = times.begin() + static_cast<std::ptrdiff_t>(series.end);
      std::string mend = "sort the rows by time and keep one per time";
      if (std::adjacent_find(begin, end, std::less_equal<>()) == end) {
        mend = "turn the file round, oldest row first";
      } else if (times[row] == times[row - 1] && texts[row] != texts[row - 1]) {
        mend = "fractions of a second are not kept";
      } else if (!frame.has_series_column()) {
        mend += ", or name the column that tells several series apart in \"series\"";
      }
      throw Error(fmt::format(
          "{}:{}: time {} does not come after {} on line {}{}; {}", frame.path, frame.lines[row],
          in_quotes(texts[row]), in_quotes(texts[row - 1]), frame.lines[row - 1],
          frame.has_series_column() ? " in series " + in_quotes(series.id) : "", mend));
    }
  }
}

void read_times(const CsvTable& table, const DataConfig& config, Frame& frame) {
  const std::vector<std::size_t> columns = find_time_columns(table, config);
  if (!columns.empty()) {
    std::optional<DateOrder> order;
    if (config.date_order) order = parse_date_order(*config.date_order);
    const std::vector<std::string> texts = joined_times(table, columns);
    std::vector<std::size_t> starts;
    for (const Series& series : frame.series) starts.push_back(series.begin);
    TimeColumn column = parse_times(texts, table.lines, table.path, order, starts);
    frame.times = std::move(column.seconds);
    if (column.order != DateOrder::ymd) frame.date_order = date_order_name(column.order);
    require_rising(frame, texts);
    if (!order && column.order != DateOrder::ymd) {
      frame.notes.push_back(fmt::format(
          "read dates as {}{}", layout_name(column.order),
          column.ambiguous
              ? ", though D/M/YYYY fits as well: write YYYY-MM-DD or set \"date_order\" to be sure"
              : ""));
    }
  }
  write_time_texts(frame);
}

bool is_constant(const std::vector<double>& column) {
  return std::adjacent_find(column.begin(), column.end(), std::not_equal_to<>()) == column.end();
}

void check_constant_columns(Frame& frame) {
  for (const std::size_t target : frame.targets) {
    if (!is_constant(frame.columns[target])) continue;
    throw Error(fmt::format("{}: the target {} is {} in all {}: there is nothing to forecast",
                            frame.path, in_quotes(frame.names[target]),
                            frame.columns[target].front(), counted(frame.rows(), "row")));
  }
  for (const std::size_t feature : frame.features) {
    if (!is_constant(frame.columns[feature])) continue;
    frame.notes.push_back(fmt::format("column {} is constant ({}) and tells a model nothing",
                                      in_quotes(frame.names[feature]),
                                      frame.columns[feature].front()));
  }
}

}  // namespace

std::vector<Series> Frame::all_series() const {
  if (!series.empty()) return series;
  return {{.end = rows(), .known_end = rows()}};
}

Series series_of_row(const Frame& frame, std::size_t row) {
  if (frame.series.empty()) return frame.all_series().front();
  return *std::prev(std::ranges::upper_bound(frame.series, row, {}, &Series::begin));
}

bool is_inserted(const Frame& frame, std::size_t row) {
  return row > series_of_row(frame, row).begin && frame.lines[row] == frame.lines[row - 1];
}

std::optional<std::size_t> row_on_line(const Frame& frame, const Series& series, std::size_t line) {
  const auto begin = frame.lines.begin() + static_cast<std::ptrdiff_t>(series.begin);
  const auto end = frame.lines.begin() + static_cast<std::ptrdiff_t>(series.end);
  const auto found = std::lower_bound(begin, end, line);
  if (found == end || *found != line) return std::nullopt;
  return static_cast<std::size_t>(found - frame.lines.begin());
}

Frame read_raw_frame(DataConfig config, Protocol protocol) {
  CsvTable table = read_csv(config.path, csv_options(config));
  if (config.melt) melt(table, config);
  Frame frame;
  frame.path = table.path;
  if (config.series) {
    frame.series_column = trimmed(*config.series);
    frame.series = gather_series(table, *config.series);
  }
  frame.notes = std::move(table.notes);
  Selection selection = select_columns(table, config, protocol);
  frame.names = std::move(selection.names);
  frame.columns = std::move(selection.values);
  frame.targets = std::move(selection.targets);
  frame.features = std::move(selection.features);
  const auto horizon = static_cast<std::size_t>(config.horizon);
  if (!config.known_future.empty()) {
    for (const bool known : selection.known_future) frame.leads.push_back(known ? horizon : 0);
  }
  frame.notes.insert(frame.notes.end(), selection.notes.begin(), selection.notes.end());
  frame.lines = table.lines;
  read_times(table, config, frame);
  return frame;
}

Frame complete_frame(Frame frame, const DataConfig& config) {
  drop_future(frame);
  note_sentinels(frame);
  // Before rows are dropped or filled: that would shift copies against each other.
  refuse_leaks(frame, static_cast<std::size_t>(config.window),
               static_cast<std::size_t>(config.horizon));
  apply_gap_policy(frame, config.gaps);
  apply_missing_policy(frame, config.missing);
  check_constant_columns(frame);
  add_calendar(frame, config.calendar, static_cast<std::size_t>(config.horizon));
  return frame;
}

Frame read_frame(const DataConfig& config, Protocol protocol) {
  return complete_frame(read_raw_frame(config, protocol), config);
}

Frame row_range(Frame frame, std::size_t begin, std::size_t end) {
  if (begin > end || end > frame.rows()) {
    throw Error(fmt::format("[frame] asked for the rows {} to {} of {}", begin, end, frame.rows()));
  }
  std::vector<bool> kept(frame.rows(), false);
  std::fill(kept.begin() + static_cast<std::ptrdiff_t>(begin),
            kept.begin() + static_cast<std::ptrdiff_t>(end), true);
  keep_rows(frame, kept);
  return frame;
}

Frame read_known_rows(const DataConfig& config, Protocol protocol, std::size_t beyond) {
  Frame frame = read_raw_frame(config, protocol);
  mark_future(frame);
  apply_gap_policy(frame, config.gaps);
  apply_missing_policy(frame, config.missing);
  append_future(frame, static_cast<std::size_t>(config.window), beyond);
  add_calendar(frame, config.calendar, static_cast<std::size_t>(config.horizon));
  return frame;
}

}  // namespace espalier
