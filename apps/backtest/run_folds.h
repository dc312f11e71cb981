#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/backtest/fold_result.h"
#include "apps/backtest/folds.h"
#include "apps/training/trainer.h"

namespace espalier {

/// Told what happens while folds run, by one thread at a time.
class FoldObserver {
 public:
  virtual ~FoldObserver() = default;
  virtual void on_epoch(std::size_t /*fold*/, const EpochRecord&) {}
  virtual void on_end(std::size_t /*fold*/, const FoldResult&) {}
};

/// What folds run on.
struct FoldContext {
  const Config& config;
  const RowsByCutoff& rows;
  const std::vector<Fold>& folds;
  /// The backtest's; trainings are kept and resumed below it.
  std::string directory;
  int threads = 1;
};

/// The times of the fold's cutoffs.
std::vector<std::string> cutoff_texts(const FoldContext& context, const Fold& fold);

/// Runs the folds that lack a result, as many at a time as there are threads, each on one; a lone
/// one scores on all. A result goes to its folder as soon as it is there. Returns false where
/// Ctrl-C ended it; trainings under way have left checkpoints then. Throws Error, naming the
/// cutoff, where a fold fails; what was done by then is kept.
bool run_folds(const FoldContext& context, std::vector<std::optional<FoldResult>>& results,
               FoldObserver& observer);

}  // namespace espalier
