#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101): the L2 penalty's pull towards 0,
/// applied to the weights themselves instead of through the gradient, so that adaptive step sizes
/// don't distort it.
/// Training: after each step, every weight matrix is multiplied by 1 − rate. Evaluation: nothing.
class WeightDecay final : public Regularizer {
 public:
  explicit WeightDecay(double rate) : keep_(static_cast<real>(1 - rate)) {}

  void after_step(Parameters& parameters, const TrainingProgress& progress) override;

 private:
  real keep_;
};

RegularizerEntry weight_decay_entry();

}  // namespace espalier
