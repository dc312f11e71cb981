#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/config.h"

namespace espalier {

/// What a line of a stream says.
struct RowText {
  /// The cells of the time columns, joined with a space.
  std::string time;
  /// The features in the order of the config, in file units; NaN where the value is missing.
  std::vector<double> values;
};

/// How rows are written, a line each.
class RowFormat {
 public:
  virtual ~RowFormat() = default;

  /// Reads a line, without its end. False where it holds no row: the header, or a blank line.
  /// Throws UsageError for a header that doesn't fit the run, and Error for a row that can't be
  /// read.
  virtual bool read(std::string_view line, RowText& row) = 0;
};

/// CSV below a header that names the time columns and features of `config`, others around them. A
/// row ends with its line. Delimiter and decimal sign: as the config says, else as the header and
/// the first number that shows them.
std::unique_ptr<RowFormat> make_csv_rows(const DataConfig& config);

/// One JSON object a line, with the time columns and features of `config` as keys: numbers, null
/// for a missing value, or texts as in a CSV file with decimal points.
std::unique_ptr<RowFormat> make_json_rows(const DataConfig& config);

}  // namespace espalier
