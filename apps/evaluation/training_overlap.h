#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "apps/data/frame.h"
#include "apps/run/training_rows.h"

namespace espalier {

/// How much of what is to be scored a run was trained on.
struct TrainingOverlap {
  /// Windows with a training row among their targets.
  std::size_t windows = 0;
  /// A sentence that says so; empty for none.
  std::string note;
};

/// Where the file is the run's own data, as their SHA-256 tells, its first rows are the training
/// rows. Another file may hold the same rows: those between the training rows' times are taken for
/// such. Nothing is found of another file without times.
TrainingOverlap training_overlap(const std::string& run, const Frame& frame,
                                 const std::optional<TrainingRows>& training, std::size_t window,
                                 std::size_t horizon);

}  // namespace espalier
