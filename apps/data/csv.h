#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/data/csv_rows.h"

namespace espalier {

/// The text of a CSV file as a rectangle of cells below a header.
struct CsvTable {
  /// As given by the user; begins every message about the file.
  std::string path;
  /// '\0' where the file has one column and no delimiter.
  char delimiter = '\0';
  std::vector<std::string> header;
  /// Row-major: rows() × columns().
  std::vector<std::string> cells;
  /// 1-based line of each row in the file.
  std::vector<std::size_t> lines;
  /// What was skipped or dropped, one sentence each.
  std::vector<std::string> notes;

  std::size_t rows() const { return lines.size(); }
  std::size_t columns() const { return header.size(); }
  const std::string& cell(std::size_t row, std::size_t column) const {
    return cells[row * columns() + column];
  }
  /// "path:line" of a row, as messages begin.
  std::string where(std::size_t row) const;
};

struct CsvOptions {
  /// Empty optional: detected.
  std::optional<char> delimiter = {};
  /// Data rows to read, no more and no fewer; empty optional: all.
  std::optional<std::size_t> rows = {};
};

/// What is wrong with the names of columns, such as one that stands twice; nothing: all is well.
std::optional<std::string> header_fault(const CsvRow& header);

/// Reads RFC 4180 text (UTF-8, with or without a byte order mark) whose first row is the header.
/// Rows without any value are skipped, columns without a name and without any value are dropped;
/// both are noted. Throws Error, with the line, for anything that is not a rectangle of named
/// columns; `path` only serves the messages.
CsvTable parse_csv(std::string_view text, const std::string& path, const CsvOptions& options = {});

/// parse_csv of a file's content.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace espalier
