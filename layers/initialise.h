#pragma once

#include "core/parameters.h"
#include "core/random.h"

namespace espalier {

/// Fills a parameter from U(−bound, bound). Each parameter draws from a stream of its own, found by
/// its name, so that adding one changes no other's initial values.
void initialise_uniform(const Parameter& parameter, double bound, RandomKey key);

}  // namespace espalier
