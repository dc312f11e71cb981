#include "apps/data/csv_rows.h"

#include <algorithm>
#include <new>

#include <csv.h>
#include <fmt/format.h>

namespace espalier {

namespace {

bool is_blank(const std::string& cell) {
  return cell.empty();
}

/// libcsv fed one line at a time, which is how the line of every row is known.
class RowSplitter {
 public:
  RowSplitter(char delimiter, std::size_t max_rows) : max_rows_(max_rows) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
  }
  RowSplitter(const RowSplitter&) = delete;
  RowSplitter& operator=(const RowSplitter&) = delete;
  ~RowSplitter() { csv_free(&parser_); }

  CsvRows split(std::string_view text) {
    std::size_t line = 0;
    while (!text.empty() && !full() && !result_.fault) {
      const std::size_t length = line_length(text);
      feed(text.substr(0, length), ++line);
      text.remove_prefix(length);
    }
    if (!full() && !result_.fault && csv_fini(&parser_, on_cell, on_row, this) != 0) {
      fail(opened_, "the quote that opens here is never closed");
    }
    if (full()) result_.rows.resize(max_rows_);
    return std::move(result_);
  }

 private:
  /// Length of the first line of `text`, its end included.
  static std::size_t line_length(std::string_view text) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return text.size();
    return text.substr(end, 2) == "\r\n" ? end + 2 : end + 1;
  }

  bool full() const { return result_.rows.size() >= max_rows_; }

  void feed(std::string_view line, std::size_t number) {
    if (!inside_row_) row_line_ = number;
    const bool began_inside = inside_row_;
    saw_cell_ = false;
    saw_row_ = false;
    if (csv_parse(&parser_, line.data(), line.size(), on_cell, on_row, this) != line.size()) {
      fail(number, "a quote may only enclose a whole cell; inside one it is written twice (\"\")");
      return;
    }
    if (saw_row_) {
      inside_row_ = false;
    } else if (began_inside || saw_cell_ ||
               line.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      inside_row_ = true;
      if (saw_cell_ || !began_inside) opened_ = number;
    } else {
      ++result_.blank;
    }
  }

  void fail(std::size_t line, std::string what) { result_.fault = CsvFault{line, std::move(what)}; }

  static void on_cell(void* data, std::size_t size, void* self) {
    auto& splitter = *static_cast<RowSplitter*>(self);
    splitter.saw_cell_ = true;
    splitter.cells_.emplace_back(static_cast<const char*>(data), size);
  }

  static void on_row(int /*terminator*/, void* self) {
    auto& splitter = *static_cast<RowSplitter*>(self);
    splitter.saw_row_ = true;
    if (std::all_of(splitter.cells_.begin(), splitter.cells_.end(), is_blank)) {
      ++splitter.result_.blank;
    } else {
      splitter.result_.rows.push_back({splitter.row_line_, std::move(splitter.cells_)});
    }
    splitter.cells_.clear();
  }

  csv_parser parser_;
  std::size_t max_rows_;
  CsvRows result_;
  std::vector<std::string> cells_;
  std::size_t row_line_ = 0;
  /// Line on which the latest unfinished cell begins.
  std::size_t opened_ = 0;
  bool inside_row_ = false;
  bool saw_cell_ = false;
  bool saw_row_ = false;
};

}  // namespace

CsvRows split_rows(std::string_view text, char delimiter, std::size_t max_rows) {
  return RowSplitter(delimiter, max_rows).split(text);
}

char detect_delimiter(std::string_view text) {
  constexpr std::string_view candidates = ",;\t|";
  constexpr std::size_t sample = 20;
  char agreed = '\0';
  char splits_header = '\0';
  std::size_t agreed_columns = 1;
  std::size_t header_columns = 1;
  for (const char candidate : candidates) {
    const CsvRows found = split_rows(text, candidate, sample);
    const bool delimiters_alone = found.rows.empty() && !found.fault;
    if (delimiters_alone) return candidate;
    if (found.rows.empty()) continue;
    const std::size_t columns = found.rows.front().cells.size();
    const bool agree =
        !found.fault && std::all_of(found.rows.begin(), found.rows.end(),
                                    [columns](const auto& r) { return r.cells.size() == columns; });
    if (agree && columns > agreed_columns) {
      agreed = candidate;
      agreed_columns = columns;
    }
    if (columns > header_columns) {
      splits_header = candidate;
      header_columns = columns;
    }
  }
  return agreed != '\0' ? agreed : splits_header;
}

}  // namespace espalier
