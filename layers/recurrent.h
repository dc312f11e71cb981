#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/forward.h"
#include "core/ops.h"
#include "core/parameters.h"

namespace espalier {

/// What a recurrent layer hands from step to step, each [hidden, batch].
struct RecurrentStates {
  Var h;
  /// LSTM only.
  std::optional<Var> c = {};
};

/// One time step: the new states from the input's and the hidden state's projections, both
/// [G·H, batch], and the previous states.
using RecurrentStep = RecurrentStates (*)(Var from_x, Var from_h, const RecurrentStates& previous);

/// Stacked recurrent layers from zero initial state, with the parameters of torch.nn.RNN, .GRU and
/// .LSTM: for layer k, with G gates of H rows each, `name`.weight_ih_lk [G·H, in or H],
/// .weight_hh_lk [G·H, H], .bias_ih_lk and .bias_hh_lk [G·H].
class RecurrentLayers {
 public:
  RecurrentLayers(Parameters& parameters, const std::string& name, std::int64_t gates,
                  std::int64_t in, std::int64_t hidden, std::int64_t layers);

  /// Everything from U(±1/√hidden), PyTorch's default.
  void initialise(RandomKey key);

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. What passes between two
  /// layers is offered to regularizers as Site::hidden. `sequence` runs one layer at once, as
  /// lstm_sequence; where a regularizer acts on states, the layer goes by `step` instead.
  template <typename Sequence>
  Var forward(Forward& pass, Var x, Sequence&& sequence, RecurrentStep step) const {
    const bool step_by_step = pass.acts_on_states();
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      if (k > 0) x = pass.activation(Site::hidden, x);
      const Var weight_ih = pass.parameter(layers_[k].weight_ih);
      const Var weight_hh = pass.parameter(layers_[k].weight_hh);
      const Var bias_ih = pass.parameter(layers_[k].bias_ih);
      const Var bias_hh = pass.parameter(layers_[k].bias_hh);
      x = step_by_step ? step_through(pass, linear(x, weight_ih, bias_ih), weight_hh, bias_hh, step)
                       : sequence(x, weight_ih, weight_hh, bias_ih, bias_hh);
    }
    return x;
  }

 private:
  struct Layer {
    Parameter& weight_ih;
    Parameter& weight_hh;
    Parameter& bias_ih;
    Parameter& bias_hh;
  };

  /// One layer, step by step: from the input's projection at all steps, [time, G·H, batch], to h of
  /// every step. Each h is offered to regularizers as Site::recurrent on its way into the product
  /// with weight_hh, and each new h and c as next_state.
  static Var step_through(Forward& pass, Var from_x, Var weight_hh, Var bias_hh,
                          RecurrentStep step);

  std::int64_t hidden_;
  std::vector<Layer> layers_;
};

}  // namespace espalier
