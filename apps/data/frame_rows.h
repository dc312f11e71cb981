#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/data/frame.h"

namespace espalier {

/// Drops the rows not `kept`, and series that have none left. Returns how many rows those are.
std::size_t keep_rows(Frame& frame, const std::vector<bool>& kept);

/// A row without values.
struct NewRow {
  /// The row behind which it comes, of the frame as it was.
  std::size_t after = 0;
  /// Of a frame with times: seconds since 1970-01-01 00:00.
  std::int64_t time = 0;
};

/// Adds `rows`, ordered by `after` and among these by time, with NaN for every value. Those behind
/// the last row of a series have unknown targets.
void insert_rows(Frame& frame, std::span<const NewRow> rows);

/// Writes `time_texts` anew from `times`: dates alone, if all of them are.
void write_time_texts(Frame& frame);

}  // namespace espalier
