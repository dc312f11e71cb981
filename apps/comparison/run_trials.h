#pragma once

#include <string>
#include <vector>

#include "apps/comparison/block_tasks.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"
#include "apps/comparison/trial_store.h"

namespace espalier {

/// Told what happens while trials run, by one thread at a time.
class TrialWatcher {
 public:
  virtual ~TrialWatcher() = default;
  /// `worker` counts the trials under way, from 0.
  virtual void on_begin(const TrialKey&, int /*worker*/) {}
  virtual void on_epoch(const EpochRecord&, int /*worker*/) {}
  /// `results` hold this trial's already.
  virtual void on_end(const TrialKey&, int /*worker*/, const ComparisonResults&) {}
};

/// What trials run on.
struct TrialGround {
  const Comparison& comparison;
  const BlockTasks& tasks;
  const TrialStore& store;
  /// The comparison's.
  std::string directory;
  int threads = 1;
};

/// Runs `pending` in that order, as many at a time as there are threads, each on one. A result goes
/// to its folder as soon as it is there; one that failed is kept with its reason, and the rest goes
/// on. Returns false where Ctrl-C ended it; trials under way are then lost.
bool run_trials(const TrialGround& ground, const std::vector<TrialKey>& pending,
                ComparisonResults& results, TrialWatcher& watcher);

}  // namespace espalier
