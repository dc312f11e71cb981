#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// One row of a CSV text that holds at least one value.
struct CsvRow {
  /// 1-based line on which the row begins (a quoted cell may span several lines).
  std::size_t line;
  std::vector<std::string> cells;
};

/// Where and why a CSV text stops being readable.
struct CsvFault {
  std::size_t line;
  std::string what;
};

/// Rows up to the first fault, if there is one.
struct CsvRows {
  std::vector<CsvRow> rows;
  /// Rows skipped because every cell was empty.
  std::size_t blank = 0;
  std::optional<CsvFault> fault;
};

/// Splits RFC 4180 `text` into rows, ended by LF, CRLF or CR; stops after `max_rows` rows.
/// Spaces around an unquoted cell do not belong to it. A `delimiter` of '\0' makes every row one
/// cell. `text` must hold no NUL bytes.
CsvRows split_rows(std::string_view text, char delimiter, std::size_t max_rows);

/// The delimiter among comma, semicolon, tab and bar under which the header and the first rows
/// agree on a number of columns above 1, the largest such number; if none does, the one that splits
/// the header into most columns; '\0' if none splits it at all.
char detect_delimiter(std::string_view text);

}  // namespace espalier
