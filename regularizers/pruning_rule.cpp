#include "regularizers/pruning_rule.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// ⌊share·n⌋, where a product that is whole but for rounding counts as whole.
std::int64_t whole_count(double share, std::int64_t n) {
  return static_cast<std::int64_t>(std::floor(share * static_cast<double>(n) + 1e-9));
}

}  // namespace

PrunableWeights::PrunableWeights(Parameters& parameters, std::vector<Parameter*> tensors)
    : parameters_(parameters), tensors_(std::move(tensors)) {
  for (const Parameter* tensor : tensors_) count_ += static_cast<std::int64_t>(tensor->size());
  candidates_.reserve(static_cast<std::size_t>(count_));
}

std::int64_t PrunableWeights::pruned() const {
  std::int64_t pruned = 0;
  for (const Parameter* tensor : tensors_) pruned += std::ranges::count(tensor->mask(), 0);
  return pruned;
}

bool PrunableWeights::can_reach(double target, std::int64_t live_floor) const {
  std::int64_t candidates = 0;
  for (const Parameter* tensor : tensors_) {
    candidates += std::max<std::int64_t>(0, std::ssize(tensor->mask()) - live_floor);
  }
  return whole_count(target, count_) <= candidates;
}

bool PrunableWeights::reached(double target) const {
  return pruned() >= whole_count(target, count_);
}

void PrunableWeights::collect_live(const Parameter& tensor) {
  const auto mask = tensor.mask();
  const Tensor value = tensor.value();
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) candidates_.push_back({std::abs(value.data[i]), tensor.offset() + i});
  }
}

MaskUpdate PrunableWeights::prune_smallest(double target, std::int64_t live_floor) {
  candidates_.clear();
  for (const Parameter* tensor : tensors_) {
    const auto begin = std::ssize(candidates_);
    collect_live(*tensor);
    // The tensor's largest weights move to its end, where they stop being candidates.
    const auto live = std::ssize(candidates_) - begin;
    const auto kept = std::min(live, static_cast<std::ptrdiff_t>(live_floor));
    const auto first = candidates_.begin() + begin;
    std::nth_element(first, first + (live - kept), candidates_.end());
    candidates_.resize(static_cast<std::size_t>(begin + live - kept));
  }
  const std::int64_t k =
      std::min<std::int64_t>(whole_count(target, count_) - pruned(), std::ssize(candidates_));
  if (k <= 0) return result(target, 0);
  const auto last = candidates_.begin() + (k - 1);
  std::nth_element(candidates_.begin(), last, candidates_.end());
  const double threshold = last->magnitude;
  for (auto candidate = candidates_.begin(); candidate <= last; ++candidate) {
    parameters_.prune(candidate->index, /*forget_state=*/true);
  }
  return result(target, threshold);
}

MaskUpdate PrunableWeights::prune_below_threshold(double target) {
  candidates_.clear();
  std::int64_t counted = 0;
  for (const Parameter* tensor : tensors_) {
    const auto before = candidates_.size();
    collect_live(*tensor);
    if (candidates_.size() > before) counted += static_cast<std::int64_t>(tensor->size());
  }
  const std::int64_t live = std::ssize(candidates_);
  const std::int64_t already = counted - live;
  const auto k = static_cast<std::int64_t>(target * static_cast<double>(counted)) - already;
  if (k <= 0 || k >= live) return result(target, 0);
  const auto kth = candidates_.begin() + (k - 1);
  std::nth_element(candidates_.begin(), kth, candidates_.end());
  const real threshold = kth->magnitude;
  for (const PruningCandidate& candidate : candidates_) {
    if (candidate.magnitude >= threshold) continue;
    parameters_.prune(candidate.index, /*forget_state=*/false);
  }
  return result(target, threshold);
}

MaskUpdate PrunableWeights::result(double target, double threshold) const {
  return {
      .target_sparsity = target, .threshold = threshold, .pruned = pruned(), .prunable = count_};
}

}  // namespace espalier
