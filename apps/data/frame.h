#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "core/protocol.h"

namespace espalier {

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
  /// Seconds since 1970-01-01 00:00, strictly rising; empty without a time column.
  std::vector<std::int64_t> times;
  /// Per row: the time in ISO 8601, or without a time column the number of the data row (from 1).
  std::vector<std::string> time_texts;
  /// Per row: its 1-based line in the file.
  std::vector<std::size_t> lines;
  /// What was skipped, filled, dropped or assumed; one sentence each, meant for the user.
  std::vector<std::string> notes;

  std::size_t rows() const { return lines.size(); }
  /// Of the `target`-th of `targets`.
  const std::vector<double>& target_column(std::size_t target) const {
    return columns[targets[target]];
  }
  const std::string& target_name(std::size_t target) const { return names[targets[target]]; }
};

/// Reads the file that `config` names and applies its choices: time, targets, features (by default
/// all numeric columns, without the targets under `author`), missing values, rows. Throws Error,
/// with the line, for a file that does not fit them: unknown or non-numeric columns, time that does
/// not rise, missing values under the policy "error", a constant target, a feature that is the
/// target's future (see leak.h).
Frame read_frame(const DataConfig& config, Protocol protocol);

/// The first step of read_frame: the columns in their roles as the file has them, NaN where a value
/// is missing.
Frame read_raw_frame(const DataConfig& config, Protocol protocol);

/// The second step: refuses leaks, fills or drops what is missing, and checks what is left.
Frame complete_frame(Frame frame, const DataConfig& config);

/// The rows `begin` … `end` − 1 of `frame`, raw or complete.
Frame row_range(Frame frame, std::size_t begin, std::size_t end);

/// The same of rows to forecast from rather than to learn from: constant columns and features that
/// are the target's future are none of its business.
Frame read_known_rows(const DataConfig& config, Protocol protocol);

}  // namespace espalier
