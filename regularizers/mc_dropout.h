#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "regularizers/registry.h"

namespace espalier {

/// Monte Carlo dropout (Gal & Ghahramani, arXiv 1506.02142): dropout read as approximate Bayesian
/// inference, whose forecast is the mean over networks with random masks.
/// Training: as dropout. Evaluation: the masks stay random, and `samples` passes are averaged.
class McDropout final : public Regularizer {
 public:
  McDropout(double rate, std::vector<Site> sites, std::int64_t samples, RandomKey key)
      : rate_(rate), sites_(std::move(sites)), samples_(samples), key_(key) {}

  bool acts_on_states(const Forward& pass) const override;
  Var activation(const Forward& pass, Site site, Var x) const override;
  std::int64_t evaluation_samples() const override { return rate_ > 0 ? samples_ : 1; }
  bool random_in_evaluation() const override { return rate_ > 0; }

 private:
  bool acts_at(Site site) const;

  double rate_;
  std::vector<Site> sites_;
  std::int64_t samples_;
  RandomKey key_;
};

RegularizerEntry mc_dropout_entry();

}  // namespace espalier
