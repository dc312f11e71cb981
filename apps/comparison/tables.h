#pragma once

#include <string>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"

namespace espalier {

/// results.csv: one row per trial and per baseline of a block, each with every score. The last two
/// columns hold times; all else is the same whenever the comparison is run on this kind of
/// machine.
std::string results_csv(const Comparison& comparison, const ComparisonResults& results);

/// summary.csv: one row per block and arm or baseline: means over trials, standard deviations, 95 %
/// t-intervals, whether the naive forecasts are beaten.
std::string summary_csv(const Comparison& comparison, const ComparisonResults& results,
                        const Analysis& analysis);

/// tests.json: what was tested on which blocks, and every figure of it.
std::string tests_json(const Comparison& comparison, const Analysis& analysis);

/// What a terminal shows at the end: errors by block, average ranks, tests, the answer.
std::string comparison_summary(const Comparison& comparison, const ComparisonResults& results,
                               const Analysis& analysis);

}  // namespace espalier
