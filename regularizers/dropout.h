#pragma once

#include <utility>
#include <vector>

#include "regularizers/registry.h"

namespace espalier {

/// Dropout (Srivastava et al. 2014), inverted as everywhere today.
/// Training: each activation at the chosen sites is zeroed with probability `rate` and otherwise
/// scaled by 1/(1 − rate), drawn anew at every training step, and at Site::recurrent at every time
/// step too. Evaluation: nothing.
class Dropout final : public Regularizer {
 public:
  Dropout(double rate, std::vector<Site> sites, RandomKey key)
      : rate_(rate), sites_(std::move(sites)), key_(key) {}

  bool acts_on_states(const Forward& pass) const override;
  Var activation(const Forward& pass, Site site, Var x) const override;

 private:
  bool acts_at(const Forward& pass, Site site) const;

  double rate_;
  std::vector<Site> sites_;
  RandomKey key_;
};

RegularizerEntry dropout_entry();

}  // namespace espalier
