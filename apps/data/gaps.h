#pragma once

#include <string>

#include "apps/data/frame.h"

namespace espalier {

/// Looks for rows that don't lie one step (see time_step.h) behind the row before them, and treats
/// them by `policy`:
///   note   names how many there are and the first: its line, its time and the time expected
///   error  throws for the first
///   fill   inserts the rows that are missing, without values; throws for a row that lies on no
///          multiple of the step
/// Series of fewer than three rows, and frames without times, are passed over.
void apply_gap_policy(Frame& frame, const std::string& policy);

}  // namespace espalier
