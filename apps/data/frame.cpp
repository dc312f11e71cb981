#include "apps/data/frame.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/columns.h"
#include "apps/data/csv.h"
#include "apps/data/leak.h"
#include "apps/data/missing.h"
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

void require_rising(const std::vector<std::int64_t>& times, const std::vector<std::string>& texts,
                    const CsvTable& table) {
  const auto stop = std::adjacent_find(times.begin(), times.end(), std::greater_equal<>());
  if (stop == times.end()) return;
  const auto row = static_cast<std::size_t>(stop - times.begin()) + 1;
  const bool descending =
      std::adjacent_find(times.begin(), times.end(), std::less_equal<>()) == times.end();
  std::string mend = "sort the rows by time and keep one per time";
  if (descending) mend = "turn the file round, oldest row first";
  if (times[row] == times[row - 1] && texts[row] != texts[row - 1]) {
    mend = "fractions of a second are not kept";
  }
  throw Error(fmt::format("{}: time {} does not come after {} on line {}; {}", table.where(row),
                          in_quotes(texts[row]), in_quotes(texts[row - 1]), table.lines[row - 1],
                          mend));
}

void read_times(const CsvTable& table, const DataConfig& config, Frame& frame) {
  const std::vector<std::size_t> columns = find_time_columns(table, config);
  frame.time_texts.reserve(table.rows());
  if (columns.empty()) {
    for (std::size_t row = 1; row <= table.rows(); ++row) {
      frame.time_texts.push_back(std::to_string(row));
    }
    return;
  }
  std::optional<DateOrder> order;
  if (config.date_order) order = parse_date_order(*config.date_order);
  const std::vector<std::string> texts = joined_times(table, columns);
  TimeColumn column = parse_times(texts, table.lines, table.path, order);
  require_rising(column.seconds, texts, table);
  if (!order && column.order != DateOrder::ymd) {
    frame.notes.push_back(fmt::format(
        "read dates as {}{}", layout_name(column.order),
        column.ambiguous ? ", though D/M/YYYY fits as well: set \"date_order\" to be sure" : ""));
  }
  frame.times = std::move(column.seconds);
  const bool date_only = are_dates(frame.times);
  for (const std::int64_t time : frame.times) {
    frame.time_texts.push_back(format_timestamp(time, date_only));
  }
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

Frame read_raw_frame(const DataConfig& config, Protocol protocol) {
  CsvTable table = read_csv(config.path, csv_options(config));
  Frame frame;
  frame.path = table.path;
  frame.notes = std::move(table.notes);
  Selection selection = select_columns(table, config, protocol);
  frame.names = std::move(selection.names);
  frame.columns = std::move(selection.values);
  frame.targets = std::move(selection.targets);
  frame.features = std::move(selection.features);
  frame.notes.insert(frame.notes.end(), selection.notes.begin(), selection.notes.end());
  read_times(table, config, frame);
  frame.lines = std::move(table.lines);
  return frame;
}

Frame complete_frame(Frame frame, const DataConfig& config) {
  // Before rows are dropped or filled: that would shift copies against each other.
  refuse_leaks(frame, static_cast<std::size_t>(config.window),
               static_cast<std::size_t>(config.horizon));
  apply_missing_policy(frame, config.missing);
  check_constant_columns(frame);
  return frame;
}

Frame read_frame(const DataConfig& config, Protocol protocol) {
  return complete_frame(read_raw_frame(config, protocol), config);
}

Frame row_range(Frame frame, std::size_t begin, std::size_t end) {
  if (begin > end || end > frame.rows()) {
    throw Error(fmt::format("[frame] asked for the rows {} to {} of {}", begin, end, frame.rows()));
  }
  const auto cut = [begin, end](auto& values) {
    if (values.empty()) return;
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(end), values.end());
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(begin));
  };
  for (std::vector<double>& column : frame.columns) cut(column);
  cut(frame.times);
  cut(frame.time_texts);
  cut(frame.lines);
  return frame;
}

Frame read_known_rows(const DataConfig& config, Protocol protocol) {
  Frame frame = read_raw_frame(config, protocol);
  apply_missing_policy(frame, config.missing);
  return frame;
}

}  // namespace espalier
