#pragma once

#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// Repeats each target's last season: step k is the value as many whole seasons before it as it
/// takes to lie in the window. Nothing to train.
class SeasonalNaive final : public Model {
 public:
  /// `season` in rows. Throws Error if the window is shorter or lacks a target's own past.
  SeasonalNaive(const ForecastShape& shape, std::int64_t season);

  void initialise(RandomKey) override {}
  Var forward(Forward& pass, Var x) const override;

 private:
  std::int64_t season_;
};

ModelEntry seasonal_naive_entry();

}  // namespace espalier
