#pragma once

#include <string>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"

namespace espalier {

/// HTML: the errors of every arm and baseline on every block, by MAE and, folded away, by RMSE.
std::string scores_section(const Comparison& comparison, const ComparisonResults& results,
                           const Analysis& analysis);

}  // namespace espalier
