#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Max-norm constraint (Srebro & Shraibman 2005; with dropout: Srivastava et al. 2014).
/// Training: after each step, a row of a weight matrix (what enters one unit) whose Euclidean norm
/// exceeds `limit` is scaled back to it. Evaluation: nothing.
class MaxNorm final : public Regularizer {
 public:
  explicit MaxNorm(double limit) : limit_(limit) {}

  void after_step(Parameters& parameters, const TrainingProgress& progress) override;

 private:
  double limit_;
};

RegularizerEntry max_norm_entry();

}  // namespace espalier
