#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"
#include "apps/comparison/trial_store.h"

namespace espalier {

/// Of every arm on every block, in the order of ComparisonResults::trials.
std::vector<TrialKey> all_trials(const Comparison& comparison);

/// What a comparison has, and what it lacks.
struct Collected {
  /// Still to be run: those that failed are tried again.
  std::vector<TrialKey> pending = {};
  /// Found elsewhere than in its directory.
  std::vector<TrialKey> merged = {};
};

/// Fills `results` with the trials that the comparison's own `directory` holds, or, for those that
/// lack or failed there, one of `others`. Changes nothing on the disk. Throws as TrialStore::load.
Collected collect(const Comparison& comparison, const TrialStore& store,
                  const std::optional<std::string>& directory,
                  const std::vector<std::string>& others, ComparisonResults& results);

}  // namespace espalier
