#pragma once

#include <optional>

#include "optim/optimizer.h"
#include "optim/registry.h"

namespace espalier {

/// Stochastic gradient descent with momentum, as torch.optim.SGD without dampening:
///   b ← momentum·b + g,  w ← w − lr·b
class Sgd final : public Optimizer {
 public:
  struct Options {
    double lr = 0.01;
    double momentum = 0;
    std::optional<double> max_grad_norm = {};
  };

  Sgd(Parameters& parameters, const Options& options);

 private:
  void update() override;

  real momentum_;
  AlignedVector<real>& momentum_buffer_;
};

OptimizerEntry sgd_entry();

}  // namespace espalier
