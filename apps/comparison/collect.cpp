#include "apps/comparison/collect.h"

#include <utility>

namespace espalier {

std::vector<TrialKey> all_trials(const Comparison& comparison) {
  std::vector<TrialKey> keys;
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      for (std::int64_t trial = 0; trial < comparison.trials; ++trial) {
        keys.push_back({block, arm, trial});
      }
    }
  }
  return keys;
}

Collected collect(const Comparison& comparison, const TrialStore& store,
                  const std::optional<std::string>& directory,
                  const std::vector<std::string>& others, ComparisonResults& results) {
  Collected collected;
  for (const TrialKey& key : all_trials(comparison)) {
    std::optional<TrialResult> found;
    if (directory) found = store.load(*directory, key);
    bool merged = false;
    for (std::size_t i = 0; i < others.size() && (!found || found->failed()); ++i) {
      std::optional<TrialResult> other = store.load(others[i], key);
      if (!other) continue;
      merged = true;
      found = std::move(other);
    }
    if (merged) collected.merged.push_back(key);
    if (!found || found->failed()) collected.pending.push_back(key);
    results.trials[trial_index(comparison, key)] = std::move(found);
  }
  return collected;
}

}  // namespace espalier
