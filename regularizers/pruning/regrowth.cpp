#include "regularizers/pruning/regrowth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace espalier {

double RegrowthOptions::fraction_at(const TrainingProgress& progress) const {
  if (decay == Decay::constant) return fraction;
  const double done = static_cast<double>(progress.step()) /
                      static_cast<double>(progress.epochs * progress.batches_per_epoch);
  return fraction / 2 * (1 + std::cos(std::numbers::pi * done));
}

PruningRegrowth::PruningRegrowth(const RegrowthOptions& options, Parameters& parameters,
                                 PruningGroups& groups, PruningScope scope, std::int64_t live_floor,
                                 RandomKey key)
    : options_(options),
      parameters_(parameters),
      groups_(groups),
      live_floor_(live_floor),
      key_(key),
      pools_(pools_of(groups, scope)),
      ranking_(groups.count()),
      fates_(groups.count()) {}

void PruningRegrowth::begin_update() {
  for (std::size_t group = 0; group < fates_.size(); ++group) {
    fates_[group] = groups_.live(group) ? Fate::live_before : Fate::pruned_before;
  }
}

std::int64_t PruningRegrowth::count(Fate fate, const PruningGroups::Range& range) const {
  return std::count(fates_.begin() + static_cast<std::ptrdiff_t>(range.begin),
                    fates_.begin() + static_cast<std::ptrdiff_t>(range.end), fate);
}

std::optional<double> PruningRegrowth::exchange(const TrainingProgress& progress,
                                                PruningScores& scores) {
  std::optional<double> threshold;
  const std::int64_t step = progress.step();
  RandomStream draws(key_.derive(static_cast<std::uint64_t>(step)));
  for (const PruningPool& pool : pools_) {
    threshold = std::max(threshold, drop(pool, options_.fraction_at(progress), scores));
    if (groups_.in_blocks()) {
      for (const PruningGroups::Range& block : pool.parts) regrow(block, draws, step, scores);
    } else {
      regrow(pool.groups, draws, step, scores);
    }
  }
  return threshold;
}

std::optional<double> PruningRegrowth::drop(const PruningPool& pool, double fraction,
                                            const PruningScores& scores) {
  ranking_.clear();
  for (const PruningGroups::Range& part : pool.parts) {
    // A block can drop only as many as can grow back in it.
    const std::int64_t kept =
        groups_.in_blocks() ? groups_.live(part) - count(Fate::pruned_before, part) : live_floor_;
    ranking_.add_live(groups_, part, scores, std::max<std::int64_t>(0, kept));
  }
  const std::int64_t k = std::min(whole_count(fraction, groups_.live(pool.groups)),
                                  count(Fate::pruned_before, pool.groups));
  std::optional<double> threshold;
  for (const PruningCandidate& candidate : ranking_.first(k)) {
    groups_.prune(candidate.group);
    fates_[candidate.group] = Fate::dropped;
    threshold = std::max(threshold, std::optional(candidate.score));
  }
  return threshold;
}

void PruningRegrowth::regrow(const PruningGroups::Range& range, RandomStream& draws,
                             std::int64_t step, PruningScores& scores) {
  ranking_.clear();
  for (std::size_t group = range.begin; group < range.end; ++group) {
    if (fates_[group] != Fate::pruned_before) continue;
    double rank = draws.uniform();
    if (options_.criterion == RegrowthCriterion::gradient) {
      const real g = parameters_.grads()[groups_.members(group).front()];
      rank = std::isnan(g) ? std::numeric_limits<double>::infinity()
                           : -std::abs(static_cast<double>(g));
    }
    ranking_.add({rank, group});
  }
  for (const PruningCandidate& candidate : ranking_.first(count(Fate::dropped, range))) {
    const std::size_t index = groups_.members(candidate.group).front();
    parameters_.regrow(index);
    scores.restart(index, step);
  }
}

}  // namespace espalier
