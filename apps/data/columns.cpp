#include "apps/data/columns.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/config/nearest.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/missing.h"
#include "apps/data/number.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

std::size_t find_column(const CsvTable& table, const std::string& name, const char* option) {
  const auto found = std::find(table.header.begin(), table.header.end(), trimmed(name));
  if (found != table.header.end()) return static_cast<std::size_t>(found - table.header.begin());
  const std::string meant = suggestion(name, table.header);
  throw UsageError(fmt::format("{}: \"{}\" names {}, no column of the file{} Its columns: {}",
                               table.path, option, in_quotes(name), meant.empty() ? "." : meant,
                               quoted_list(table.header)));
}

namespace {

/// A column read as numbers.
struct Reading {
  /// NaN where missing or unreadable.
  std::vector<double> values;
  std::size_t present = 0;
  /// First row whose cell is no number, and first whose number a double cannot hold.
  std::optional<std::size_t> text;
  std::optional<std::size_t> out_of_range;

  bool numeric() const { return present > 0 && !text; }
};

/// Reads columns of one table, each at most once.
class ColumnReader {
 public:
  ColumnReader(const CsvTable& table, const DataConfig& config)
      : table_(table),
        decimal_(config.decimal ? config.decimal->front()
                                : detect_decimal(table.cells, table.delimiter)),
        markers_(config.missing_markers, decimal_),
        time_(find_time_columns(table, config)) {
    if (config.series) series_ = find_column(table, *config.series, "series");
  }

  char decimal() const { return decimal_; }

  /// Whether the column says when a row is, or of which series.
  bool is_index(std::size_t column) const {
    return column == series_ || std::find(time_.begin(), time_.end(), column) != time_.end();
  }

  const Reading& read(std::size_t column) {
    const auto [entry, fresh] = readings_.try_emplace(column);
    if (fresh) entry->second = read_afresh(column);
    return entry->second;
  }

  std::vector<double> take(std::size_t column) { return std::move(readings_.at(column).values); }

  /// Throws unless the column can be what `option` wants it to be.
  void require_numeric(std::size_t column, const char* option) {
    const std::string name = in_quotes(table_.header[column]);
    if (is_index(column)) {
      throw UsageError(fmt::format("{}: \"{}\" names column {}, which holds the {}; name another",
                                   table_.path, option, name,
                                   column == series_ ? "series" : "time"));
    }
    const Reading& reading = read(column);
    if (reading.text) {
      throw Error(fmt::format(
          "{}: column {}, named in \"{}\", holds {}, not a number (\"decimal\" is \"{}\"; no "
          "separated thousands, no units); if that means \"no value\", add it to "
          "\"missing_markers\"",
          table_.where(*reading.text), name, option, in_quotes(table_.cell(*reading.text, column)),
          decimal_));
    }
    require_in_range(column);
    if (reading.present == 0) {
      throw UsageError(
          fmt::format("{}: column {}, named in \"{}\", holds no value at all; leave it out",
                      table_.path, name, option));
    }
  }

  void require_in_range(std::size_t column) {
    const Reading& reading = read(column);
    if (!reading.out_of_range) return;
    const std::size_t row = *reading.out_of_range;
    throw Error(fmt::format(
        "{}: column {} holds {}, which lies outside the range of a 64-bit number; mend the cell or "
        "add it to \"missing_markers\"",
        table_.where(row), in_quotes(table_.header[column]), in_quotes(table_.cell(row, column))));
  }

 private:
  Reading read_afresh(std::size_t column) const {
    Reading reading;
    reading.values.assign(table_.rows(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const std::string_view cell = trimmed(table_.cell(row, column));
      const ParsedCell parsed = parse_number(cell, decimal_);
      if (markers_.matches(cell, parsed)) continue;
      ++reading.present;
      if (parsed.kind == CellKind::number) {
        reading.values[row] = parsed.value;
      } else {
        auto& first = parsed.kind == CellKind::text ? reading.text : reading.out_of_range;
        if (!first) first = row;
      }
    }
    return reading;
  }

  const CsvTable& table_;
  char decimal_;
  MissingMarkers markers_;
  std::vector<std::size_t> time_;
  std::optional<std::size_t> series_;
  std::map<std::size_t, Reading> readings_;
};

/// The columns that the list `option` names.
std::vector<std::size_t> listed_columns(const CsvTable& table,
                                        const std::vector<std::string>& names, const char* option,
                                        ColumnReader& reader) {
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    const std::size_t column = find_column(table, name, option);
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      throw UsageError(
          fmt::format("\"{}\" lists {} twice; list each column once", option, in_quotes(name)));
    }
    reader.require_numeric(column, option);
    columns.push_back(column);
  }
  return columns;
}

std::vector<std::size_t> listed_features(const CsvTable& table,
                                         const std::vector<std::string>& names,
                                         ColumnReader& reader) {
  if (names.empty())
    throw UsageError("\"features\" is an empty list; name a column or leave it out");
  return listed_columns(table, names, "features", reader);
}

std::vector<std::size_t> listed_targets(const CsvTable& table,
                                        const std::vector<std::string>& names,
                                        ColumnReader& reader) {
  if (names.empty()) throw UsageError("\"target\" is an empty list; name a column");
  return listed_columns(table, names, "target", reader);
}

std::vector<std::size_t> numeric_features(const CsvTable& table,
                                          std::span<const std::size_t> targets, Protocol protocol,
                                          ColumnReader& reader, std::vector<std::string>& notes) {
  std::vector<std::size_t> features;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    const bool is_target = std::ranges::find(targets, column) != targets.end();
    if (reader.is_index(column) || (is_target && protocol == Protocol::author)) continue;
    const Reading& reading = reader.read(column);
    if (reading.numeric()) {
      reader.require_in_range(column);
      features.push_back(column);
    } else if (reading.text) {
      notes.push_back(fmt::format(
          "left out column {}: {} on line {} is not a number", in_quotes(table.header[column]),
          in_quotes(table.cell(*reading.text, column)), table.lines[*reading.text]));
    } else {
      notes.push_back(
          fmt::format("left out column {}: it holds no value", in_quotes(table.header[column])));
    }
  }
  if (features.empty()) {
    throw UsageError(
        fmt::format("{}: no numeric column is left as input beside the time and the target{}; "
                    "list \"features\"",
                    table.path, targets.size() == 1 ? "" : "s"));
  }
  return features;
}

void refuse_known_targets(const CsvTable& table, const std::vector<std::size_t>& targets,
                          const std::vector<std::size_t>& known_future) {
  for (const std::size_t target : targets) {
    if (std::ranges::find(known_future, target) == known_future.end()) continue;
    throw UsageError(fmt::format(
        "{}: \"known_future\" lists the target {}: what is to be forecast isn't known ahead; leave "
        "it out there",
        table.path, in_quotes(table.header[target])));
  }
}

}  // namespace

std::vector<std::size_t> find_time_columns(const CsvTable& table, const DataConfig& config) {
  std::vector<std::size_t> columns;
  for (const std::string& name : config.time) {
    const std::size_t column = find_column(table, name, "time");
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      throw UsageError(
          fmt::format("\"time\" lists {} twice; list each column once", in_quotes(name)));
    }
    columns.push_back(column);
  }
  return columns;
}

Selection select_columns(const CsvTable& table, const DataConfig& config, Protocol protocol) {
  ColumnReader reader(table, config);
  Selection selection;
  if (reader.decimal() == ',' && !config.decimal) {
    selection.notes.emplace_back("read numbers with a decimal comma");
  }
  const std::vector<std::size_t> targets = listed_targets(table, config.targets, reader);
  const std::vector<std::size_t> known_future =
      listed_columns(table, config.known_future, "known_future", reader);
  refuse_known_targets(table, targets, known_future);
  std::vector<std::size_t> features =
      config.features ? listed_features(table, *config.features, reader)
                      : numeric_features(table, targets, protocol, reader, selection.notes);
  for (const std::size_t column : known_future) {
    if (std::ranges::find(features, column) == features.end()) features.push_back(column);
  }

  std::vector<std::size_t> used = features;
  used.insert(used.end(), targets.begin(), targets.end());
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  const auto place = [&used](std::size_t column) {
    return static_cast<std::size_t>(std::lower_bound(used.begin(), used.end(), column) -
                                    used.begin());
  };
  for (const std::size_t column : used) {
    selection.names.push_back(table.header[column]);
    selection.values.push_back(reader.take(column));
  }
  for (const std::size_t column : targets) selection.targets.push_back(place(column));
  for (const std::size_t column : features) {
    selection.features.push_back(place(column));
    selection.known_future.push_back(std::ranges::find(known_future, column) != known_future.end());
  }
  return selection;
}

}  // namespace espalier
