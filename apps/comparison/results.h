#pragma once

#include <optional>
#include <vector>

#include "apps/comparison/comparison.h"
#include "apps/comparison/trial.h"

namespace espalier {

/// Everything a comparison has found so far.
struct ComparisonResults {
  /// [blocks]
  std::vector<BlockReference> references;
  /// [blocks × arms × trials]; nothing for a trial that hasn't been run.
  std::vector<std::optional<TrialResult>> trials;

  explicit ComparisonResults(const Comparison& comparison)
      : references(comparison.blocks.size()), trials(comparison.trial_count()) {}
};

/// Where a trial stands in ComparisonResults::trials.
inline std::size_t trial_index(const Comparison& comparison, const TrialKey& key) {
  return (key.block * comparison.arms.size() + key.arm) *
             static_cast<std::size_t>(comparison.trials) +
         static_cast<std::size_t>(key.trial);
}

}  // namespace espalier
