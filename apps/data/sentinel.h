#pragma once

#include "apps/data/frame.h"

namespace espalier {

/// Notes for every column whose lowest or highest value looks like a mark for "no value", as −200
/// or 9999 are: it occurs 5 times at least, and lies farther from all others than they lie apart,
/// or is the only negative one among ten values or more. Missing values (NaN) are passed over.
void note_sentinels(Frame& frame);

}  // namespace espalier
