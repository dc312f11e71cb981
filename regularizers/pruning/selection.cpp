#include "regularizers/pruning/selection.h"

#include <algorithm>
#include <cmath>

namespace espalier {

std::int64_t whole_count(double share, std::int64_t n) {
  return static_cast<std::int64_t>(std::floor(share * static_cast<double>(n) + 1e-9));
}

void PruningRanking::add_live(const PruningGroups& groups, const PruningGroups::Range& range,
                              const PruningScores& scores, std::int64_t kept) {
  const auto begin = std::ssize(candidates_);
  for (std::size_t group = range.begin; group < range.end; ++group) {
    if (groups.live(group)) add({groups.score(group, scores), group});
  }
  // Those that rank last move to the end, where they stop being candidates.
  const auto live = std::ssize(candidates_) - begin;
  const auto left = live - std::min(live, static_cast<std::ptrdiff_t>(kept));
  const auto first = candidates_.begin() + begin;
  std::nth_element(first, first + left, candidates_.end());
  candidates_.resize(static_cast<std::size_t>(begin + left));
}

std::span<const PruningCandidate> PruningRanking::first(std::int64_t k) {
  k = std::min<std::int64_t>(k, size());
  if (k <= 0) return {};
  std::nth_element(candidates_.begin(), candidates_.begin() + (k - 1), candidates_.end());
  return {candidates_.data(), static_cast<std::size_t>(k)};
}

std::vector<PruningPool> pools_of(const PruningGroups& groups, PruningScope scope) {
  if (scope == PruningScope::global) return {{{0, groups.count()}, groups.parts()}};
  std::vector<PruningPool> pools;
  for (const PruningGroups::Layer& layer : groups.layers()) {
    pools.push_back({layer.groups, groups.parts(layer)});
  }
  return pools;
}

PruningSelection::PruningSelection(PruningGroups& groups, PruningScope scope,
                                   std::int64_t live_floor)
    : groups_(groups), scope_(scope), live_floor_(live_floor), ranking_(groups.count()) {
  if (!groups.in_blocks()) {
    pools_ = pools_of(groups, scope);
    return;
  }
  for (const PruningGroups::Range& block : groups.parts()) pools_.push_back({block, {&block, 1}});
}

std::string PruningSelection::obstacle(double target) const {
  const auto too_many = [this](const std::string& where, std::int64_t asked, std::int64_t count) {
    return where + ": " + std::to_string(asked) + " of " + std::to_string(count) +
           " can't go while each layer keeps live_floor = " + std::to_string(live_floor_);
  };
  if (scope_ == PruningScope::global && !groups_.in_blocks()) {
    std::int64_t candidates = 0;
    for (const PruningGroups::Range& layer : groups_.parts()) {
      candidates += std::max<std::int64_t>(0, layer.size() - live_floor_);
    }
    const auto count = static_cast<std::int64_t>(groups_.count());
    const std::int64_t asked = whole_count(target, count);
    return asked > candidates ? too_many("all layers together", asked, count) : "";
  }
  for (const PruningGroups::Layer& layer : groups_.layers()) {
    std::int64_t asked = 0;
    for (const PruningGroups::Range& part : groups_.parts(layer)) {
      asked += whole_count(target, part.size());
    }
    const std::int64_t count = layer.groups.size();
    if (asked > std::max<std::int64_t>(0, count - live_floor_)) {
      return too_many(layer.name, asked, count);
    }
  }
  return "";
}

bool PruningSelection::reached(double target) const {
  return std::ranges::all_of(pools_, [&](const PruningPool& pool) {
    const std::int64_t pruned = pool.groups.size() - groups_.live(pool.groups);
    return pruned >= whole_count(target, pool.groups.size());
  });
}

std::optional<double> PruningSelection::prune(double target, const PruningScores& scores) {
  std::optional<double> threshold;
  // A block is never asked for what would leave less than n of its m.
  const std::int64_t kept = groups_.in_blocks() ? 0 : live_floor_;
  for (const PruningPool& pool : pools_) {
    const std::int64_t pruned = pool.groups.size() - groups_.live(pool.groups);
    const std::int64_t k = whole_count(target, pool.groups.size()) - pruned;
    if (k <= 0) continue;
    ranking_.clear();
    for (const PruningGroups::Range& part : pool.parts) {
      ranking_.add_live(groups_, part, scores, kept);
    }
    for (const PruningCandidate& candidate : ranking_.first(k)) {
      groups_.prune(candidate.group);
      threshold = std::max(threshold, std::optional(candidate.score));
    }
  }
  return threshold;
}

}  // namespace espalier
