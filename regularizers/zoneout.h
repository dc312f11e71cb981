#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Zoneout (Krueger et al., arXiv 1606.01305): some units of a recurrent layer sit a step out.
/// Training: at each time step each unit keeps its previous hidden state with probability
/// `hidden_rate` and, in an LSTM, its previous cell state with probability `cell_rate`. As in the
/// paper, an LSTM's new hidden state comes from the new cell state before zoneout.
/// Evaluation: the expectation, rate·previous + (1 − rate)·new.
class Zoneout final : public Regularizer {
 public:
  Zoneout(double hidden_rate, double cell_rate, RandomKey key)
      : hidden_rate_(hidden_rate), cell_rate_(cell_rate), key_(key) {}

  bool acts_on_states(const Forward& pass) const override;
  Var next_state(const Forward& pass, RecurrentState state, Var previous, Var next) const override;

 private:
  double hidden_rate_;
  double cell_rate_;
  RandomKey key_;
};

RegularizerEntry zoneout_entry();

}  // namespace espalier
