#pragma once

#include "optim/adam.h"

namespace espalier {

/// AdamW (Loshchilov & Hutter, arXiv 1711.05101) as torch.optim.AdamW: before Adam's update every
/// parameter shrinks, w ← (1 − lr·weight_decay)·w, untouched by the adaptive step sizes.
/// Multiplying leaves a pruned weight at 0.
class AdamW final : public Adam {
 public:
  AdamW(Parameters& parameters, const Options& options, double weight_decay = 0.01)
      : Adam(parameters, options), weight_decay_(weight_decay) {}

 private:
  void update() override;

  double weight_decay_;
};

OptimizerEntry adamw_entry();

}  // namespace espalier
