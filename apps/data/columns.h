#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/csv.h"
#include "core/protocol.h"

namespace espalier {

/// The columns a run uses, read as numbers, by their roles.
struct Selection {
  std::vector<std::string> names;
  /// values[c][row]; NaN where the value is missing.
  std::vector<std::vector<double>> values;
  /// Indices in `values`, in the order of the config.
  std::vector<std::size_t> targets;
  /// Indices in `values`, in model input order.
  std::vector<std::size_t> features;
  /// One per feature: whether its values are known ahead.
  std::vector<bool> known_future;
  /// Columns that were left out, or what was assumed; one sentence each.
  std::vector<std::string> notes;
};

/// The index in `table` of the column that the setting `option` names. Throws UsageError, with the
/// nearest name, where there is none.
std::size_t find_column(const CsvTable& table, const std::string& name, const char* option);

/// Indices in `table` of the columns that `config.time` names.
std::vector<std::size_t> find_time_columns(const CsvTable& table, const DataConfig& config);

/// Finds the targets and the features. By default the features are all columns outside the time
/// whose cells are all numbers or missing, at least one a number; under `author` without the
/// targets. Throws Error for unknown names (with the nearest known one), for a listed column that
/// is not numeric (with its first bad cell), listed twice, or part of the time, for numbers that no
/// double can hold, and for a column without any value.
Selection select_columns(const CsvTable& table, const DataConfig& config, Protocol protocol);

}  // namespace espalier
