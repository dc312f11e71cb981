#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/regularizer.h"
#include "regularizers/pruning/groups.h"
#include "regularizers/pruning/selection.h"

namespace espalier {

/// Exchange of live weights for pruned ones, which keeps their number. Training: a share of the
/// live weights, those of smallest score, is dropped and as many pruned ones start again from 0;
/// never one that the same update took. Evaluation: no say.
enum class RegrowthCriterion {
  none,      ///< what is pruned stays so
  random,    ///< any (SET, Mocanu et al., arXiv 1707.04780)
  gradient,  ///< those of largest |g| (RigL, Evci et al., arXiv 1911.11134)
};

struct RegrowthOptions {
  enum class Decay { cosine, constant };

  RegrowthCriterion criterion = RegrowthCriterion::none;
  /// Share of live weights exchanged at an update, at the start of training.
  double fraction = 0.3;
  /// cosine: fraction/2·(1 + cos(π·t/T)), 0 at the end of training, as RigL does.
  Decay decay = Decay::cosine;

  double fraction_at(const TrainingProgress& progress) const;
};

/// For groups of one weight. Weights are exchanged within a scope; with grain n_m within a block,
/// where the number to drop is reckoned over the scope, for a block has too few to take a share of.
class PruningRegrowth {
 public:
  PruningRegrowth(const RegrowthOptions& options, Parameters& parameters, PruningGroups& groups,
                  PruningScope scope, std::int64_t live_floor, RandomKey key);

  /// Notes what is live; call it before an update prunes anything.
  void begin_update();
  /// Drops and regrows; call it before gradients are masked. Returns the largest score dropped;
  /// nothing if none was.
  std::optional<double> exchange(const TrainingProgress& progress, PruningScores& scores);

 private:
  /// What was and what became of a group in this update.
  enum class Fate : std::uint8_t { pruned_before, live_before, dropped };

  std::int64_t count(Fate fate, const PruningGroups::Range& range) const;
  std::optional<double> drop(const PruningPool& pool, double fraction, const PruningScores& scores);
  /// As many as were dropped in `range`.
  void regrow(const PruningGroups::Range& range, RandomStream& draws, std::int64_t step,
              PruningScores& scores);

  RegrowthOptions options_;
  Parameters& parameters_;
  PruningGroups& groups_;
  std::int64_t live_floor_;
  RandomKey key_;
  std::vector<PruningPool> pools_;
  PruningRanking ranking_;
  std::vector<Fate> fates_;
};

}  // namespace espalier
