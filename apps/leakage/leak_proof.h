#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// How the raw rows of a file become what a model learns from and forecasts.
using TaskMaker = std::function<ForecastingTask(const DataConfig&, Protocol, Frame raw)>;

/// What every run does: complete_frame, then make_task.
ForecastingTask task_of_raw_rows(const DataConfig& config, Protocol protocol, Frame raw);

/// What came of changing the future.
struct LeakProof {
  /// Training windows and forecasts that were the same to the bit.
  std::size_t training_windows = 0;
  std::size_t forecasts = 0;
  /// The last row that training may know: its time, or of several series what they are.
  std::string cutoff;
  /// What the protocol wants to leak, one sentence each.
  std::vector<std::string> by_design;
  /// What the proof can't speak of, one sentence each.
  std::vector<std::string> cautions;
  /// What leaks beyond that, one sentence each; empty: nothing.
  std::vector<std::string> leaks;
};

/// Changes every value of `raw` after the last row of its series that training may know, and, for a
/// sample of the windows to validate and score, every value after the last row of their inputs; and
/// compares to
/// the bit what was made of it by `make`: the rows up to there, the scales, the scaled training
/// windows, and forecasts (at initial weights) from inputs up to there. Training is a function of
/// these windows, so its weights can't differ either. Columns whose values tell of the future as
/// they are in the file, which no change of later rows can show, are sought by find_giveaways, in
/// each of the longest series.
///
/// Protocol "author" scales by all rows: that is by design, and the rest is proved without scaling.
LeakProof prove_no_leak(const Config& config, const Frame& raw,
                        const TaskMaker& make = task_of_raw_rows);

/// One line on the outcome, and one per leak.
std::string leak_text(const LeakProof& proof);

}  // namespace espalier
