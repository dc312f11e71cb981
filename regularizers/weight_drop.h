#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// DropConnect (Wan et al. 2013) on recurrent weights, as in AWD-LSTM (Merity et al., arXiv
/// 1708.02182).
/// Training: in each pass, each weight that maps a hidden state to the next step's is zeroed with
/// probability `rate` and otherwise scaled by 1/(1 − rate), the same for all time steps.
/// Evaluation: nothing.
class WeightDrop final : public Regularizer {
 public:
  WeightDrop(double rate, RandomKey key) : rate_(rate), key_(key) {}

  Var weight(const Forward& pass, const Parameter& parameter, Var w) const override;

 private:
  double rate_;
  RandomKey key_;
};

RegularizerEntry weight_drop_entry();

}  // namespace espalier
