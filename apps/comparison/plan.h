#pragma once

#include <string>
#include <vector>

#include "apps/comparison/block_tasks.h"
#include "apps/comparison/comparison.h"

namespace espalier {

/// Seconds that each pending trial takes on one core if nothing stops it early; one measurement for
/// all trials of an arm and a block.
std::vector<double> expected_seconds(const Comparison& comparison, const BlockTasks& tasks,
                                     const std::vector<TrialKey>& pending, int threads);

/// The longest trial first, so that no core idles long at the end.
void sort_longest_first(std::vector<TrialKey>& pending, std::vector<double>& seconds);

/// What will be run, how long it takes, and the smallest p it can come to; `seconds` of what is
/// pending.
std::string plan_text(const Comparison& comparison, const std::vector<double>& seconds,
                      int threads);

}  // namespace espalier
