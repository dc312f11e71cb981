#include "apps/data/csv.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/csv_rows.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

std::string read_text(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    throw Error(fmt::format("{}: is a directory; expected a CSV file", path));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || text.bad()) {
    throw Error(fmt::format("{}: cannot be read: {}", path,
                            errno != 0 ? std::strerror(errno) : "input error"));
  }
  return std::move(text).str();
}

/// The text without its byte order mark; throws for what is no UTF-8 text at all.
std::string_view checked_text(std::string_view text, const std::string& path) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, 3) == byte_order_mark) text.remove_prefix(3);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw Error(fmt::format("{}: the file is empty; expected a header and rows", path));
  }
  const std::string_view start = text.substr(0, 2);
  if (start == "\xFF\xFE" || start == "\xFE\xFF") {
    throw Error(fmt::format("{}:1: the text is UTF-16; save it as UTF-8", path));
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(nul), '\n');
    throw Error(fmt::format("{}:{}: holds a NUL byte: a binary file, not CSV text", path, line));
  }
  return text;
}

std::string delimiter_name(char delimiter) {
  switch (delimiter) {
    case '\0':
      return "no delimiter";
    case '\t':
      return "delimiter tab";
    default:
      return fmt::format("delimiter \"{}\"", delimiter);
  }
}

void check_shape(const std::vector<CsvRow>& rows, char delimiter, const std::string& path) {
  const std::size_t expected = rows.front().cells.size();
  for (const CsvRow& row : rows) {
    if (row.cells.size() == expected) continue;
    throw Error(fmt::format(
        "{}:{}: found {}, expected {} as in the header ({}); mend the row or set \"delimiter\"",
        path, row.line, counted(row.cells.size(), "cell"), expected, delimiter_name(delimiter)));
  }
}

/// Which columns to keep: all but those with neither a name nor a value.
std::vector<std::size_t> kept_columns(const std::vector<CsvRow>& rows, const std::string& path) {
  std::vector<std::size_t> kept;
  const CsvRow& header = rows.front();
  for (std::size_t column = 0; column < header.cells.size(); ++column) {
    const auto holds_value = [column](const CsvRow& row) { return !row.cells[column].empty(); };
    const auto value = std::find_if(rows.begin() + 1, rows.end(), holds_value);
    if (!header.cells[column].empty()) {
      kept.push_back(column);
    } else if (value != rows.end()) {
      throw Error(
          fmt::format("{}:{}: column {} has no name but holds values ({} on line {}); name it",
                      path, header.line, column + 1, in_quotes(value->cells[column]), value->line));
    }
  }
  return kept;
}

void check_row_count(std::size_t rows, const CsvOptions& options, const std::string& path) {
  if (rows == 0) throw Error(fmt::format("{}: has a header but no data rows", path));
  if (options.rows && rows < *options.rows) {
    throw UsageError(fmt::format("{}: \"rows\" asks for {}, the file has {}", path,
                                 counted(*options.rows, "data row"), rows));
  }
}

}  // namespace

std::string CsvTable::where(std::size_t row) const {
  return fmt::format("{}:{}", path, lines[row]);
}

std::optional<std::string> header_fault(const CsvRow& header) {
  const std::vector<std::string>& names = header.cells;
  for (std::size_t column = 0; column < names.size(); ++column) {
    if (find_invalid_utf8(names[column])) {
      return fmt::format("the name of column {} is not valid UTF-8; save the file as UTF-8",
                         column + 1);
    }
    const auto first = std::find(names.begin(), names.end(), names[column]);
    const auto earlier = static_cast<std::size_t>(first - names.begin());
    if (!names[column].empty() && earlier != column) {
      return fmt::format("columns {} and {} are both named {}; rename one", earlier + 1, column + 1,
                         in_quotes(names[column]));
    }
  }
  return std::nullopt;
}

CsvTable parse_csv(std::string_view text, const std::string& path, const CsvOptions& options) {
  text = checked_text(text, path);
  CsvTable table;
  table.path = path;
  table.delimiter = options.delimiter ? *options.delimiter : detect_delimiter(text);
  const std::size_t limit =
      options.rows ? *options.rows + 1 : std::numeric_limits<std::size_t>::max();
  CsvRows found = split_rows(text, table.delimiter, limit);
  if (found.fault)
    throw Error(fmt::format("{}:{}: {}", path, found.fault->line, found.fault->what));
  if (found.rows.empty()) throw Error(fmt::format("{}: holds no header and no rows", path));
  if (const auto fault = header_fault(found.rows.front())) {
    throw Error(fmt::format("{}:{}: {}", path, found.rows.front().line, *fault));
  }
  check_shape(found.rows, table.delimiter, path);
  const std::vector<std::size_t> kept = kept_columns(found.rows, path);
  check_row_count(found.rows.size() - 1, options, path);

  if (found.blank > 0) {
    table.notes.push_back(fmt::format("skipped {}", counted(found.blank, "blank row")));
  }
  const std::size_t dropped = found.rows.front().cells.size() - kept.size();
  if (dropped > 0) {
    table.notes.push_back(
        fmt::format("dropped {} without a name and without values", counted(dropped, "column")));
  }
  for (const std::size_t column : kept) {
    table.header.push_back(std::move(found.rows.front().cells[column]));
  }
  table.cells.reserve((found.rows.size() - 1) * kept.size());
  for (auto row = found.rows.begin() + 1; row != found.rows.end(); ++row) {
    table.lines.push_back(row->line);
    for (const std::size_t column : kept) table.cells.push_back(std::move(row->cells[column]));
  }
  return table;
}

CsvTable read_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_text(path), path, options);
}

}  // namespace espalier
