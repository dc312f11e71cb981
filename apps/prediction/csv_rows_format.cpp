#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "apps/config/nearest.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/csv.h"
#include "apps/data/csv_rows.h"
#include "apps/data/missing.h"
#include "apps/prediction/cell_value.h"
#include "apps/prediction/row_format.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

/// The row on a line; nothing where it is blank.
std::optional<CsvRow> row_on(std::string_view line, char delimiter) {
  if (line.find('\0') != std::string_view::npos) throw Error("holds a NUL byte");
  CsvRows found = split_rows(line, delimiter, 2);
  if (found.rows.size() > 1 || (!found.rows.empty() && found.fault)) {
    throw Error("holds a carriage return within the line: rows end with a line feed");
  }
  if (found.fault) throw Error(found.fault->what);
  if (found.rows.empty()) return std::nullopt;
  return std::move(found.rows.front());
}

class CsvRowFormat final : public RowFormat {
 public:
  explicit CsvRowFormat(const DataConfig& config) : config_(config) {
    if (config.decimal) decimal_ = config.decimal->front();
    make_markers();
  }

  bool read(std::string_view line, RowText& row) override {
    if (width_ == 0) {
      read_header(line);
      return false;
    }
    const std::optional<CsvRow> found = row_on(line, delimiter_);
    if (!found) return false;
    const std::vector<std::string>& cells = found->cells;
    if (cells.size() != width_) {
      throw Error(fmt::format("found {}, expected {} as in the header",
                              counted(cells.size(), "cell"), width_));
    }
    if (!decimal_) look_for_decimal(cells);
    row.time.clear();
    for (const std::size_t column : time_) {
      if (!row.time.empty()) row.time += ' ';
      row.time += trimmed(cells[column]);
    }
    row.values.resize(features_.size());
    for (std::size_t f = 0; f < features_.size(); ++f) {
      row.values[f] = cell_value(cells[features_[f]], (*config_.features)[f],
                                 decimal_.value_or('.'), *markers_);
    }
    return true;
  }

 private:
  void read_header(std::string_view line) {
    delimiter_ = config_.delimiter ? config_.delimiter->front() : detect_delimiter(line);
    std::optional<CsvRow> found;
    try {
      found = row_on(line, delimiter_);
    } catch (const Error& error) {
      throw UsageError(fmt::format("line 1: {}", error.what()));
    }
    if (!found) return;
    if (const auto fault = header_fault(*found)) {
      throw UsageError(fmt::format("line {}: {}", found->line, *fault));
    }
    const std::vector<std::string>& header = found->cells;
    const auto place = [&header](const std::string& name) {
      const auto at = std::ranges::find(header, trimmed(name));
      if (at == header.end()) {
        const std::string meant = suggestion(name, header);
        throw UsageError(fmt::format(
            "the header on line 1 has no column {}, which the model reads{} Its columns: {}",
            in_quotes(name), meant.empty() ? "." : meant, quoted_list(header)));
      }
      return static_cast<std::size_t>(at - header.begin());
    };
    for (const std::string& name : config_.time) time_.push_back(place(name));
    for (const std::string& name : *config_.features) features_.push_back(place(name));
    width_ = header.size();
  }

  void look_for_decimal(const std::vector<std::string>& cells) {
    std::vector<std::string> numbers;
    for (const std::size_t column : features_) numbers.push_back(cells[column]);
    if (detect_decimal(numbers, delimiter_) == ',') {
      decimal_ = ',';
      make_markers();
    } else if (std::ranges::any_of(numbers, [](const std::string& cell) {
                 return cell.find('.') != std::string::npos &&
                        parse_number(cell, '.').kind == CellKind::number;
               })) {
      decimal_ = '.';
    }
  }

  void make_markers() { markers_.emplace(config_.missing_markers, decimal_.value_or('.')); }

  DataConfig config_;
  char delimiter_ = '\0';
  /// Empty optional: no number has shown it yet.
  std::optional<char> decimal_;
  std::optional<MissingMarkers> markers_;
  /// Columns of the header; 0 before it was read.
  std::size_t width_ = 0;
  std::vector<std::size_t> time_, features_;
};

}  // namespace

std::unique_ptr<RowFormat> make_csv_rows(const DataConfig& config) {
  return std::make_unique<CsvRowFormat>(config);
}

}  // namespace espalier
