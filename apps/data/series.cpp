#include "apps/data/series.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/columns.h"
#include "apps/data/missing.h"
#include "apps/data/number.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

using Rows = std::vector<std::size_t>;

/// The table's rows in the order of `rows`, each at most once.
void take_rows(CsvTable& table, const Rows& rows) {
  std::vector<std::string> cells;
  std::vector<std::size_t> lines;
  cells.reserve(rows.size() * table.columns());
  lines.reserve(rows.size());
  for (const std::size_t row : rows) {
    const auto first = table.cells.begin() + static_cast<std::ptrdiff_t>(row * table.columns());
    std::move(first, first + std::ssize(table.header), std::back_inserter(cells));
    lines.push_back(table.lines[row]);
  }
  table.cells = std::move(cells);
  table.lines = std::move(lines);
}

/// Rows from the first one with a value in `column` to after the last one or, where rows without a
/// target may tell what is known ahead, to the end.
std::pair<std::size_t, std::size_t> rows_of_series(const CsvTable& table, std::size_t column,
                                                   const DataConfig& config) {
  const char decimal = config.decimal == "," ? ',' : '.';
  const MissingMarkers markers(config.missing_markers, decimal);
  std::size_t begin = 0;
  std::size_t end = table.rows();
  const auto empty = [&](std::size_t row) {
    const std::string_view cell = trimmed(table.cell(row, column));
    return markers.matches(cell, parse_number(cell, decimal));
  };
  while (begin < end && empty(begin)) ++begin;
  if (begin == end || !config.known_future.empty()) return {begin, end};
  while (end > begin && empty(end - 1)) --end;
  return {begin, end};
}

/// The names of the molten table's columns for those of the wide one: the targets become one, in
/// the place of the first of them.
std::vector<std::string> molten_features(const CsvTable& table,
                                         const std::vector<std::string>& features,
                                         const std::vector<std::size_t>& targets) {
  std::vector<std::string> names;
  bool has_value = false;
  for (const std::string& name : features) {
    // A trained model calls the target so.
    const bool is_value =
        trimmed(name) == molten_value ||
        std::ranges::find(targets, find_column(table, name, "features")) != targets.end();
    if (!is_value) names.push_back(name);
    if (is_value && !has_value) names.emplace_back(molten_value);
    has_value = has_value || is_value;
  }
  if (!has_value) names.emplace(names.begin(), molten_value);
  return names;
}

/// Runs keep the names of series as JSON.
void check_utf8(const CsvTable& table, std::size_t row, std::string_view id) {
  if (!find_invalid_utf8(id)) return;
  throw Error(fmt::format(
      "{}: the name of the series, {}, is not valid UTF-8: convert the file, as by iconv -f latin1 "
      "-t utf-8",
      table.where(row), in_quotes(std::string(id))));
}

/// Notes which of `targets` have values in a part of the rows only, or none; `rows` are theirs.
void note_ragged_series(const CsvTable& table, const std::vector<std::size_t>& targets,
                        const std::vector<std::pair<std::size_t, std::size_t>>& rows,
                        std::vector<std::string>& notes) {
  std::vector<std::string> empty, shorter;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const auto [begin, end] = rows[t];
    const std::string name = in_quotes(table.header[targets[t]]);
    if (begin == end) {
      empty.push_back(name);
    } else if (end - begin < table.rows()) {
      shorter.push_back(
          fmt::format("{}, from line {} to {}", name, table.lines[begin], table.lines[end - 1]));
    }
  }
  if (!empty.empty()) {
    notes.push_back(
        fmt::format("{} of {} series have no value at all and are left out (the first: {})",
                    empty.size(), targets.size(), empty.front()));
  }
  if (!shorter.empty()) {
    notes.push_back(fmt::format(
        "{} of {} series have no values in the first or the last rows of the file, and are as much "
        "shorter (the first: {})",
        shorter.size(), targets.size(), shorter.front()));
  }
}

void check_free(const CsvTable& table, const std::vector<std::size_t>& kept, const char* name) {
  for (const std::size_t column : kept) {
    if (table.header[column] != name) continue;
    throw UsageError(fmt::format(
        "{}: \"melt\" makes a column {}, but there is one already; rename it or leave it out",
        table.path, in_quotes(name)));
  }
}

}  // namespace

std::vector<Series> gather_series(CsvTable& table, const std::string& column) {
  const std::size_t place = find_column(table, column, "series");
  std::map<std::string, std::size_t, std::less<>> known;
  std::vector<std::pair<std::string, Rows>> groups;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view id = trimmed(table.cell(row, place));
    if (id.empty()) {
      throw Error(fmt::format("{}: column {} doesn't say which series the row is of",
                              table.where(row), in_quotes(table.header[place])));
    }
    auto found = known.find(id);
    if (found == known.end()) {
      check_utf8(table, row, id);
      found = known.emplace(id, groups.size()).first;
      groups.emplace_back(id, Rows());
    }
    groups[found->second].second.push_back(row);
  }
  std::vector<Series> all;
  Rows order;
  order.reserve(table.rows());
  for (auto& [id, rows] : groups) {
    const std::size_t begin = order.size();
    order.insert(order.end(), rows.begin(), rows.end());
    all.push_back(
        {.id = std::move(id), .begin = begin, .end = order.size(), .known_end = order.size()});
  }
  take_rows(table, order);
  return all;
}

void melt(CsvTable& table, DataConfig& config) {
  std::vector<std::size_t> targets;
  for (const std::string& name : config.targets) {
    targets.push_back(find_column(table, name, "target"));
  }
  std::vector<std::size_t> kept;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (std::ranges::find(targets, column) == targets.end()) kept.push_back(column);
  }
  check_free(table, kept, molten_series);
  check_free(table, kept, molten_value);
  CsvTable molten;
  molten.path = table.path;
  molten.delimiter = table.delimiter;
  molten.notes = table.notes;
  for (const std::size_t column : kept) molten.header.push_back(table.header[column]);
  molten.header.insert(molten.header.end(), {molten_series, molten_value});
  std::vector<std::pair<std::size_t, std::size_t>> rows;
  for (const std::size_t target : targets) {
    rows.push_back(rows_of_series(table, target, config));
    const auto [begin, end] = rows.back();
    for (std::size_t row = begin; row < end; ++row) {
      for (const std::size_t column : kept) molten.cells.push_back(table.cell(row, column));
      molten.cells.insert(molten.cells.end(), {table.header[target], table.cell(row, target)});
      molten.lines.push_back(table.lines[row]);
    }
  }
  if (molten.lines.empty()) {
    throw Error(fmt::format("{}: none of the targets {} holds a value", table.path,
                            quoted_list(config.targets)));
  }
  note_ragged_series(table, targets, rows, molten.notes);
  if (config.features) config.features = molten_features(table, *config.features, targets);
  config.targets = {molten_value};
  config.series = molten_series;
  table = std::move(molten);
}

}  // namespace espalier
