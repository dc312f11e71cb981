#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/parameters.h"
#include "regularizers/pruning/criterion.h"

namespace espalier {

/// What is pruned together.
enum class PruningGrain {
  element,  ///< single weights
  neuron,   ///< all that enters one unit: its row in every block (gate) of a matrix, and of the
            ///< matrix that feeds the same units (weight_hh beside weight_ih); its bias stays
  head,     ///< an attention head: its rows of in_proj, its columns of out_proj (Michel et al.,
            ///< arXiv 1905.10650)
  n_m,      ///< single weights, of which at most n of m consecutive ones in a row stay (2:4 of
            ///< Mishra et al., arXiv 2104.08378)
};

/// n live weights in each block of m; a last, shorter block of r keeps ⌈r·n/m⌉.
struct BlockSparsity {
  std::int64_t n = 2;
  std::int64_t m = 4;

  /// Share of pruned weights in a full block.
  double sparsity() const { return 1 - static_cast<double>(n) / static_cast<double>(m); }
};

/// The prunable weights of a model, sorted into groups that live or go as one. Groups are numbered
/// layer by layer, in order of position. A group is live while one of its weights is. Training: set
/// up once, then pruned group by group. Evaluation: no say.
class PruningGroups {
 public:
  /// Groups `begin` to `end` − 1.
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::int64_t size() const { return static_cast<std::int64_t>(end - begin); }
  };
  /// A tensor, or several whose units or heads are the same.
  struct Layer {
    std::string name;
    Range groups;
    /// Its parts: from `first_part` on.
    std::size_t first_part = 0;
    std::size_t part_count = 0;
  };

  /// Of all weight matrices. Throws Error where rows don't divide into the units or heads that the
  /// ParameterTraits speak of, and for grain head without attention.
  PruningGroups(Parameters& parameters, PruningGrain grain, const BlockSparsity& block);

  std::size_t count() const { return starts_.size() - 1; }
  /// Weights in all groups together, and how many of them are pruned.
  std::int64_t weights() const { return std::ssize(members_); }
  std::int64_t pruned_weights() const;

  const std::vector<Layer>& layers() const { return layers_; }
  /// The blocks of m, layer by layer; unless the grain is n_m every layer is one part.
  const std::vector<Range>& parts() const { return parts_; }
  std::span<const Range> parts(const Layer& layer) const;
  /// Whether parts are blocks of m.
  bool in_blocks() const { return grain_ == PruningGrain::n_m; }

  /// Slab positions of a group's weights.
  std::span<const std::size_t> members(std::size_t group) const;
  bool live(std::size_t group) const;
  std::int64_t live(const Range& range) const;
  /// Mean of its weights' scores; a NaN counts as infinite, so that ranking is sound.
  double score(std::size_t group, const PruningScores& scores) const;
  /// Prunes its weights and clears the optimizer's state for them.
  void prune(std::size_t group);

 private:
  void add_elements(const Parameter& tensor);
  void add_blocks(const Parameter& tensor, std::int64_t m);
  void add_units(const std::vector<const Parameter*>& tensors);

  Parameters& parameters_;
  PruningGrain grain_;
  std::vector<std::size_t> members_;
  /// Of each group among the members; one more at the end.
  std::vector<std::size_t> starts_{0};
  std::vector<Layer> layers_;
  std::vector<Range> parts_;
};

}  // namespace espalier
