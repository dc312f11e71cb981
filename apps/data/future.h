#pragma once

#include <cstddef>

#include "apps/data/frame.h"

namespace espalier {

/// Takes the rows at the end of each series that have no target, where a frame has known-future
/// features, for the future: Series::known_end. They end with the first one that lacks such a
/// feature.
void mark_future(Frame& frame);

/// Drops those rows: there is nothing to learn from them.
void drop_future(Frame& frame);

/// Lets every series with a window of known rows go on for `horizon` rows behind them, at the times
/// that follow (see time_step.h). Throws Error where a known-future feature has no value there.
void append_future(Frame& frame, std::size_t window, std::size_t horizon);

}  // namespace espalier
