#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "regularizers/pruning/groups.h"

namespace espalier {

/// Which groups are ranked against each other.
enum class PruningScope {
  global,  ///< those of all layers: important layers keep more
  layer,   ///< those of one layer: every layer becomes equally sparse
};

/// A group as a candidate for removal.
struct PruningCandidate {
  double score;
  std::size_t group;

  /// Smaller score first; equal ones in order of position.
  bool operator<(const PruningCandidate& other) const {
    return score != other.score ? score < other.score : group < other.group;
  }
};

/// ⌊share·n⌋, where a product that is whole but for rounding counts as whole.
std::int64_t whole_count(double share, std::int64_t n);

/// Candidates for removal, and room for all of them, so that ranking never allocates.
class PruningRanking {
 public:
  explicit PruningRanking(std::size_t most) { candidates_.reserve(most); }

  void clear() { candidates_.clear(); }
  std::int64_t size() const { return std::ssize(candidates_); }
  void add(PruningCandidate candidate) { candidates_.push_back(candidate); }
  /// Adds the live groups of `range`, except the `kept` that rank last.
  void add_live(const PruningGroups& groups, const PruningGroups::Range& range,
                const PruningScores& scores, std::int64_t kept);
  /// The k that rank first (fewer if there aren't as many), the last of them at the end.
  std::span<const PruningCandidate> first(std::int64_t k);

 private:
  std::vector<PruningCandidate> candidates_;
};

/// Parts of a model's PruningGroups whose groups are ranked together.
struct PruningPool {
  PruningGroups::Range groups;
  std::span<const PruningGroups::Range> parts;
};

/// One of all layers, or one for each. They refer to `groups`.
std::vector<PruningPool> pools_of(const PruningGroups& groups, PruningScope scope);

/// Chooses which groups go so that sparsity follows a target. Training: of the groups of a scope
/// (with grain n_m: of every block of m) exactly ⌊target·G⌋ are pruned, the live ones of smallest
/// score first, except that every layer keeps `live_floor` groups, those of largest score. Nothing
/// comes back. Evaluation: no say.
class PruningSelection {
 public:
  PruningSelection(PruningGroups& groups, PruningScope scope, std::int64_t live_floor);

  /// Empty if the target can be reached while each layer keeps its floor; otherwise what is in the
  /// way, for an error message.
  std::string obstacle(double target) const;
  /// Whether ⌊target·G⌋ groups of each scope are pruned already.
  bool reached(double target) const;
  /// Returns the largest score pruned; nothing if none was.
  std::optional<double> prune(double target, const PruningScores& scores);

 private:
  PruningGroups& groups_;
  PruningScope scope_;
  std::int64_t live_floor_;
  std::vector<PruningPool> pools_;
  PruningRanking ranking_;
};

}  // namespace espalier
