#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "core/protocol.h"

namespace espalier {

/// Rows of a frame that follow each other in time.
struct Series {
  /// Empty where a file holds one series.
  std::string id = {};
  /// Rows begin … end − 1.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// From here to `end` the targets are unknown: only features with a lead hold values.
  std::size_t known_end = 0;

  std::size_t known_rows() const { return known_end - begin; }
};

/// The used rows and columns of a file, complete and in file units.
struct Frame {
  std::string path;
  /// Names of `columns`, in file order.
  std::vector<std::string> names;
  /// columns[c][row]; finite, no value missing.
  std::vector<std::vector<double>> columns;
  /// Indices in `columns` of what is forecast, in the order of the config; a target may be a
  /// feature too.
  std::vector<std::size_t> targets;
  /// Indices in `columns`, in the order in which a model sees its inputs.
  std::vector<std::size_t> features;
  /// One per feature: by how many rows its values are known ahead, 0 or the horizon. Empty: all 0.
  std::vector<std::size_t> leads;
  /// One behind the other, in the order in which they begin in the file. Empty: all rows are one.
  std::vector<Series> series;
  /// The column that tells series apart; empty: there is none.
  std::string series_column;
  /// As in a config: the order that dates were read in; empty where there are none, or YYYY-MM-DD.
  std::string date_order;
  /// Seconds since 1970-01-01 00:00, strictly rising within a series; empty without a time column.
  std::vector<std::int64_t> times;
  /// Per row: the time in ISO 8601, or without a time column the number of the data row (from 1).
  std::vector<std::string> time_texts;
  /// Per row: its 1-based line in the file.
  std::vector<std::size_t> lines;
  /// What was skipped, filled, dropped or assumed; one sentence each, meant for the user.
  std::vector<std::string> notes;

  std::size_t rows() const { return lines.size(); }
  /// `series`, or the one that all rows are.
  std::vector<Series> all_series() const;
  bool has_series_column() const { return !series_column.empty(); }
  std::size_t lead(std::size_t feature) const { return leads.empty() ? 0 : leads[feature]; }
  /// Of the `target`-th of `targets`.
  const std::vector<double>& target_column(std::size_t target) const {
    return columns[targets[target]];
  }
  const std::string& target_name(std::size_t target) const { return names[targets[target]]; }
};

/// The one that holds the row.
Series series_of_row(const Frame& frame, std::size_t row);

/// Whether the row isn't in the file but fills a gap: it has the line of the row before it.
bool is_inserted(const Frame& frame, std::size_t row);

/// The row of the series that stands on that line of the file; none: there is none.
std::optional<std::size_t> row_on_line(const Frame& frame, const Series& series, std::size_t line);

/// Reads the file that `config` names and applies its choices: time, targets, features (by default
/// all numeric columns, without the targets under `author`), missing values, rows. Throws Error,
/// with the line, for a file that does not fit them: unknown or non-numeric columns, time that does
/// not rise, missing values under the policy "error", a constant target, a feature that is the
/// target's future (see leak.h). Rows at the end of a series that hold known-future features alone
/// are left out.
Frame read_frame(const DataConfig& config, Protocol protocol);

/// The first step of read_frame: the columns in their roles as the file has them, NaN where a value
/// is missing.
Frame read_raw_frame(DataConfig config, Protocol protocol);

/// The second step: refuses leaks, fills or drops what is missing, and checks what is left.
Frame complete_frame(Frame frame, const DataConfig& config);

/// The rows `begin` … `end` − 1 of `frame`, raw or complete.
Frame row_range(Frame frame, std::size_t begin, std::size_t end);

/// As read_frame, of rows to forecast from rather than to learn from: constant columns and features
/// that are the target's future are none of its business. Every series that holds a window goes on
/// for `beyond` rows behind those whose targets are known. Throws Error where a known-future
/// feature has no value there.
Frame read_known_rows(const DataConfig& config, Protocol protocol, std::size_t beyond);

}  // namespace espalier
