#pragma once

#include <vector>

#include "core/ops.h"
#include "core/settings.h"
#include "layers/linear.h"
#include "models/model.h"

namespace espalier {

/// Stacked recurrent layers (Rnn, Gru or Lstm) whose last hidden state goes through a linear layer:
/// the recurrent forecaster of arXiv 2508.09330. Parameters `name`.* and fc.*.
template <typename Recurrent>
class RecurrentForecaster final : public Model {
 public:
  /// `options` are what Recurrent's constructor takes after the number of layers.
  template <typename... Options>
  RecurrentForecaster(const ForecastShape& shape, const char* name, std::int64_t hidden,
                      std::int64_t layers, Options... options)
      : recurrent_(parameters_, name, shape.features, hidden, layers, options...),
        fc_(parameters_, "fc", hidden, shape.outputs()) {}

  void initialise(RandomKey key) override {
    recurrent_.initialise(key);
    fc_.initialise(key);
  }

  Var forward(Forward& pass, Var x) const override {
    const Var states = recurrent_.forward(pass, pass.activation(Site::input, x));
    const Var last = select(states, states.shape()[0] - 1);
    return fc_.forward(pass, pass.activation(Site::head, last));
  }

 private:
  Recurrent recurrent_;
  Linear fc_;
};

/// The settings "hidden" and "layers".
std::vector<SettingSpec> recurrent_settings();

}  // namespace espalier
