#pragma once

#include "layers/linear.h"
#include "layers/lstm.h"
#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// Stacked LSTM layers whose last hidden state goes through a linear layer: the recurrent
/// forecaster of arXiv 2508.09330. Parameters `lstm.*` and `fc.*`.
class LstmForecaster final : public Model {
 public:
  LstmForecaster(const ForecastShape& shape, std::int64_t hidden, std::int64_t layers);

  void initialise(RandomKey key) override;
  Var forward(Forward& pass, Var x) const override;

 private:
  Lstm lstm_;
  Linear fc_;
};

ModelEntry lstm_entry();

}  // namespace espalier
