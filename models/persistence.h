#pragma once

#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// Repeats each target's last known value at every step. Nothing to train.
class Persistence final : public Model {
 public:
  /// Throws Error if a target's own past is not among the inputs.
  explicit Persistence(const ForecastShape& shape);

  void initialise(RandomKey) override {}
  Var forward(Forward& pass, Var x) const override;
};

ModelEntry persistence_entry();

}  // namespace espalier
