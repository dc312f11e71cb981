#include "regularizers/pruning/criterion.h"

#include <cmath>

namespace espalier {

PruningScores::PruningScores(PruningCriterion criterion, double averaging, Parameters& parameters,
                             RandomKey key)
    : criterion_(criterion),
      averaging_(static_cast<real>(averaging)),
      parameters_(parameters),
      key_(key) {
  if (criterion_ != PruningCriterion::magnitude) scores_.resize(parameters.values().size());
  if (criterion_ == PruningCriterion::random) fill_uniform(key_, 0, 1, scores_);
}

void PruningScores::observe() {
  const std::span<const real> w = parameters_.values();
  const std::span<const real> g = parameters_.grads();
  if (criterion_ == PruningCriterion::gradient) {
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      scores_[i] = averaging_ * scores_[i] + (1 - averaging_) * std::abs(g[i] * w[i]);
    }
  } else if (criterion_ == PruningCriterion::movement) {
    for (std::size_t i = 0; i < scores_.size(); ++i) scores_[i] -= g[i] * w[i];
  }
}

double PruningScores::score(std::size_t index) const {
  const bool magnitude = criterion_ == PruningCriterion::magnitude;
  return static_cast<double>(magnitude ? std::abs(parameters_.values()[index]) : scores_[index]);
}

void PruningScores::restart(std::size_t index, std::int64_t step) {
  if (scores_.empty()) return;
  scores_[index] = 0;
  if (criterion_ != PruningCriterion::random) return;
  // With its old rank it would be the first to go again.
  const RandomKey step_key = key_.derive(static_cast<std::uint64_t>(step));
  fill_uniform(step_key.derive(index), 0, 1, std::span(scores_).subspan(index, 1));
}

void PruningScores::serialize(Archive& archive) {
  if (!scores_.empty()) archive.field("scores", std::span<real>(scores_));
}

}  // namespace espalier
