#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"

namespace espalier {

/// `raw` with every known value in rows after the one on `line` made another of its column's
/// magnitude.
Frame changed_after(Frame raw, std::size_t line);

/// What was made of the rows of a file, twice: as they are, and with another future.
struct TwoFutures {
  const Frame& raw;
  const ForecastingTask& one;
  const ForecastingTask& other;
  /// The last row before the futures part; in one.frame.
  std::size_t last = 0;

  std::string time_of(std::size_t row) const { return one.frame.time_texts[row]; }
};

/// Values that differ in the rows `from` … last: one sentence per column, on the first of them.
std::vector<std::string> differing_rows(const TwoFutures& futures, std::size_t from);

/// Names of the columns whose scales differ, each once.
std::vector<std::string> differing_scales(const TwoFutures& futures);

/// Whether the scaled training windows differ, and where first; counts those before in `equal`.
std::optional<std::string> differing_training(const TwoFutures& futures, std::size_t& equal);

/// Whether the forecasts of `windows`, in file units, are the same to the bit.
bool same_forecasts(const TwoFutures& futures, const Learner& learner,
                    std::span<const std::size_t> windows);

}  // namespace espalier
