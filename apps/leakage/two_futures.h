#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"

namespace espalier {

/// `raw` with every known value made another of its column's magnitude in rows after the last one
/// known: of each series that on the line `last_lines` has for it, of others none. Columns that are
/// known ahead stay as they are.
Frame changed_after(Frame raw, const std::map<std::string, std::size_t>& last_lines);

/// Rows of one series: begin … end − 1.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What was made of the rows of a file, twice: as they are, and with another future.
struct TwoFutures {
  const Frame& raw;
  const ForecastingTask& original;
  const ForecastingTask& altered;
  /// Rows of original.frame that must be the same.
  std::vector<RowRange> shared;
  /// After which rows the futures part, for people: a time, or what the rows are.
  std::string parting;

  /// With the series, where there are several.
  std::string time_of(std::size_t row) const;
};

/// Values that differ in the shared rows: one sentence per column, on the first of them.
std::vector<std::string> differing_rows(const TwoFutures& futures);

/// Names of the columns whose scales differ, each once.
std::vector<std::string> differing_scales(const TwoFutures& futures);

/// Whether the scaled training windows differ, and where first; counts those before in `equal`.
std::optional<std::string> differing_training(const TwoFutures& futures, std::size_t& equal);

/// Whether the forecasts of `windows`, in file units, are the same to the bit.
bool same_forecasts(const TwoFutures& futures, const Learner& learner,
                    std::span<const std::size_t> windows);

}  // namespace espalier
