#pragma once

#include <cstdint>

#include "core/archive.h"
#include "core/parameters.h"
#include "core/random.h"
#include "core/slab.h"

namespace espalier {

/// How much a weight w with gradient g matters. What scores lowest is pruned first.
enum class PruningCriterion {
  magnitude,  ///< |w|, here and now (Han et al., arXiv 1506.02626)
  gradient,   ///< running average of |g·w|, the loss's first-order change without the weight
              ///< (Molchanov et al., arXiv 1611.06440)
  movement,   ///< −Σ g·w, signed: a weight that training moves away from 0 scores high, one it
              ///< moves towards 0 low (Sanh et al., arXiv 2005.07683)
  random,     ///< a rank drawn once: the control arm
};

/// The scores of all weights. Training: those that depend on gradients are learned from every step,
/// warm-up included. Evaluation: no say.
class PruningScores {
 public:
  /// `averaging`: share of the old average in the new one, in [0, 1). Draws ranks from `key`.
  PruningScores(PruningCriterion criterion, double averaging, Parameters& parameters,
                RandomKey key);

  /// Takes in this step's gradients; call it before they are masked.
  void observe();
  /// Of the weight at `index` (slab position).
  double score(std::size_t index) const;
  /// Starts anew for a weight that has been regrown at `step`.
  void restart(std::size_t index, std::int64_t step);
  void serialize(Archive& archive);

 private:
  PruningCriterion criterion_;
  real averaging_;
  Parameters& parameters_;
  RandomKey key_;
  /// Beside the slabs of the Parameters; empty for magnitude, which needs no memory.
  AlignedVector<real> scores_;
};

}  // namespace espalier
