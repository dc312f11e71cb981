#pragma once

#include <utility>
#include <vector>

#include "regularizers/registry.h"

namespace espalier {

/// Variational dropout for recurrent networks (Gal & Ghahramani, arXiv 1512.05287): dropout whose
/// mask stays the same for all time steps of a sequence.
/// Training: a sequence [time, features, batch] gets one mask [features, batch] for all its steps;
/// the hidden states of a layer get one for the whole sequence; any other activation an ordinary
/// one. What is kept is scaled by 1/(1 − rate). Evaluation: nothing.
class VariationalDropout final : public Regularizer {
 public:
  VariationalDropout(double rate, std::vector<Site> sites, RandomKey key)
      : rate_(rate), sites_(std::move(sites)), key_(key) {}

  bool acts_on_states(const Forward& pass) const override;
  Var activation(const Forward& pass, Site site, Var x) const override;

 private:
  bool acts_at(const Forward& pass, Site site) const;

  double rate_;
  std::vector<Site> sites_;
  RandomKey key_;
};

RegularizerEntry variational_dropout_entry();

}  // namespace espalier
