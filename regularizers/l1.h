#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// The L1 penalty strength·Σ|w| over weight matrices (lasso, Tibshirani 1996).
/// Training: adds its gradient, strength·sign(w), to that of the loss; 0 at w = 0. Evaluation:
/// nothing.
class L1 final : public Regularizer {
 public:
  explicit L1(double strength) : strength_(static_cast<real>(strength)) {}

  void before_step(Parameters& parameters, const TrainingProgress& progress) override;

 private:
  real strength_;
};

RegularizerEntry l1_entry();

}  // namespace espalier
