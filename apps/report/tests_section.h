#pragma once

#include <string>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"

namespace espalier {

/// HTML: average ranks with Friedman's test, and what its p values rest on.
std::string ranks_section(const Comparison& comparison, const Analysis& analysis);

/// HTML: each arm against the reference arm, by MAE and, folded away, by RMSE. Empty where nothing
/// was tested.
std::string pairs_section(const Comparison& comparison, const Analysis& analysis);

}  // namespace espalier
