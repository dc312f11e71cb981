#pragma once

#include "layers/linear.h"
#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// NLinear (Zeng et al., arXiv 2205.13504): each target's last value is subtracted from its own
/// past, one linear layer shared by all targets forecasts the rest, and the value is added again.
/// Parameters linear.weight [horizon, window] and linear.bias.
class NLinear final : public Model {
 public:
  /// Throws Error if a target's own past is not among the inputs.
  explicit NLinear(const ForecastShape& shape);

  void initialise(RandomKey key) override { linear_.initialise(key); }
  Var forward(Forward& pass, Var x) const override;

 private:
  Linear linear_;
};

ModelEntry nlinear_entry();

}  // namespace espalier
