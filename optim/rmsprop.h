#pragma once

#include <optional>

#include "optim/optimizer.h"
#include "optim/registry.h"

namespace espalier {

/// RMSprop (Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012; centered: Graves,
/// arXiv 1308.0850, eq. 38-41) as torch.optim.RMSprop computes it:
///   v ← αv + (1−α)g²,  d = √v + ε,  w ← w − lr·g/d
///   centered: a ← αa + (1−α)g, d = √(v − a²) + ε;  with momentum: b ← momentum·b + g/d, w ← w −
///   lr·b
class RmsProp final : public Optimizer {
 public:
  struct Options {
    double lr = 0.01;
    double alpha = 0.99;
    double epsilon = 1e-8;
    double momentum = 0;
    bool centered = false;
    std::optional<double> max_grad_norm = {};
  };

  RmsProp(Parameters& parameters, const Options& options);

 private:
  void update() override;

  Options options_;
  AlignedVector<real>& square_avg_;
  AlignedVector<real>* grad_avg_;         // nullptr unless centered
  AlignedVector<real>* momentum_buffer_;  // nullptr without momentum
};

OptimizerEntry rmsprop_entry();

}  // namespace espalier
