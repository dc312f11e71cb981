#pragma once

#include "layers/linear.h"
#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// DLinear (Zeng et al., arXiv 2205.13504): each target's own past is split into a trend, its
/// moving average with both ends repeated, and what remains; one linear layer each, shared by all
/// targets, and the sum of both. Parameters linear_seasonal.* and linear_trend.*, weights
/// [horizon, window].
class DLinear final : public Model {
 public:
  /// `kernel`: rows of the moving average, odd. Throws Error if a target's own past is not among
  /// the inputs.
  DLinear(const ForecastShape& shape, std::int64_t kernel);

  void initialise(RandomKey key) override;
  Var forward(Forward& pass, Var x) const override;

 private:
  std::int64_t kernel_;
  Linear linear_seasonal_;
  Linear linear_trend_;
};

ModelEntry dlinear_entry();

}  // namespace espalier
