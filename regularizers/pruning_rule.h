#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/parameters.h"
#include "core/regularizer.h"

namespace espalier {

/// A prunable weight as a candidate for removal.
struct PruningCandidate {
  real magnitude;
  std::size_t index;  // slab position

  /// Smaller magnitude first; equal ones in order of position.
  bool operator<(const PruningCandidate& other) const {
    return magnitude != other.magnitude ? magnitude < other.magnitude : index < other.index;
  }
};

/// The tensors that pruning ranks together, and room to rank them in without allocating.
class PrunableWeights {
 public:
  PrunableWeights(Parameters& parameters, std::vector<Parameter*> tensors);

  std::int64_t count() const { return count_; }
  std::int64_t pruned() const;
  /// Whether ⌊target·n⌋ weights can be pruned while each tensor keeps `live_floor`.
  bool can_reach(double target, std::int64_t live_floor) const;
  /// Whether ⌊target·n⌋ weights are pruned already.
  bool reached(double target) const;

  /// Prunes exactly ⌊target·n⌋ in all: the live weights of smallest magnitude over all tensors,
  /// ties in order of position, except that each tensor keeps its `live_floor` largest. Clears the
  /// optimizer's state of what it prunes.
  MaskUpdate prune_smallest(double target, std::int64_t live_floor);

  /// The published scripts' rule. n counts tensors with a live weight only;
  /// k = ⌊target·n⌋ − already pruned there; the k-th smallest live magnitude is the threshold and
  /// what lies strictly below it goes: k − 1 weights, fewer with ties. Nothing happens unless
  /// 0 < k < live weights. The optimizer's state stays.
  MaskUpdate prune_below_threshold(double target);

 private:
  void collect_live(const Parameter& tensor);
  MaskUpdate result(double target, double threshold) const;

  Parameters& parameters_;
  std::vector<Parameter*> tensors_;
  std::int64_t count_ = 0;
  std::vector<PruningCandidate> candidates_;
};

}  // namespace espalier
