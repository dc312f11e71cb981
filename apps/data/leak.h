#pragma once

#include <cstddef>

#include "apps/data/frame.h"

namespace espalier {

/// Throws Error if a feature gives away a target's future: if for some shift s from 1 to
/// window + horizon − 1 the feature equals the target s rows ahead, or is a·target + b of it with
/// one a and b throughout, to 1e-9, on at least 99 % (and 10) of the rows where the target changes.
///
/// Copies of the target's present or past are fine, and so is what is one of these as well: the
/// future of a target that repeats itself exactly, or of a straight line. Missing values (NaN) are
/// passed over. A feature with a lead counts as what is seen of it: its value that many rows ahead.
void refuse_leaks(const Frame& frame, std::size_t window, std::size_t horizon);

}  // namespace espalier
