#pragma once

#include "layers/linear.h"
#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// One linear layer from the whole window to the whole horizon: of all features (parameters
/// linear.weight [horizon · targets, window · features] and linear.bias), or, channel-independent,
/// from each target's own past with weights shared by all targets (Linear of Zeng et al., arXiv
/// 2205.13504; linear.weight [horizon, window]).
class LinearModel final : public Model {
 public:
  /// Throws Error if a channel-independent one lacks a target's own past.
  LinearModel(const ForecastShape& shape, bool channel_independent);

  void initialise(RandomKey key) override { linear_.initialise(key); }
  Var forward(Forward& pass, Var x) const override;

 private:
  bool channel_independent_;
  Linear linear_;
};

ModelEntry linear_entry();

}  // namespace espalier
