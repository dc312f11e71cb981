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

/// How wide one recurrent layer is.
struct RecurrentLayerSize {
  /// H.
  std::int64_t hidden = 1;
  /// Time steps that .bias_ih and .bias_hh tell apart. 1: all share one, [G·H]; else [steps, G·H],
  /// and no sequence has another length. Compaction needs it: see Model::compacted.
  std::int64_t input_bias_steps = 1;
  std::int64_t recurrent_bias_steps = 1;

  bool operator==(const RecurrentLayerSize&) const = default;
};

/// `layers` of `hidden` units each.
std::vector<RecurrentLayerSize> equal_layers(std::int64_t hidden, std::int64_t layers);

/// Stacked recurrent layers from zero initial state, with the parameters of torch.nn.RNN, .GRU and
/// .LSTM: for layer k, with G gates of H rows each, `name`.weight_ih_lk [G·H, in or H],
/// .weight_hh_lk [G·H, H], .bias_ih_lk and .bias_hh_lk [G·H].
class RecurrentLayers {
 public:
  RecurrentLayers(Parameters& parameters, const std::string& name, std::int64_t gates,
                  std::int64_t in, const std::vector<RecurrentLayerSize>& sizes);

  /// Everything from U(±1/√hidden), PyTorch's default.
  void initialise(RandomKey key);

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. What passes between two
  /// layers is offered to regularizers as Site::hidden. `sequence` runs one layer at once, as
  /// lstm_sequence; where a regularizer acts on states, the layer goes by `step` instead.
  /// Where `states` is given, h of every layer is added to it.
  template <typename Sequence>
  Var forward(Forward& pass, Var x, Sequence&& sequence, RecurrentStep step,
              std::vector<Var>* states = nullptr) const {
    const bool step_by_step = pass.acts_on_states();
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      if (k > 0) x = pass.activation(Site::hidden, x);
      const Var weight_ih = pass.parameter(layers_[k].weight_ih);
      const Var weight_hh = pass.parameter(layers_[k].weight_hh);
      const Var bias_ih = pass.parameter(layers_[k].bias_ih);
      const Var bias_hh = pass.parameter(layers_[k].bias_hh);
      x = step_by_step ? step_through(pass, x, weight_ih, weight_hh, bias_ih, bias_hh, step)
                       : sequence(x, weight_ih, weight_hh, bias_ih, bias_hh);
      if (states != nullptr) states->push_back(x);
    }
    return x;
  }

  struct Layer {
    Parameter& weight_ih;
    Parameter& weight_hh;
    Parameter& bias_ih;
    Parameter& bias_hh;

    std::int64_t hidden() const { return weight_hh.shape()[1]; }
  };
  const std::vector<Layer>& layers() const { return layers_; }

 private:
  /// One layer, step by step: from x [time, in, batch] to h of every step. Each h is offered to
  /// regularizers as Site::recurrent on its way into the product with weight_hh, and each new h and
  /// c as next_state.
  static Var step_through(Forward& pass, Var x, Var weight_ih, Var weight_hh, Var bias_ih,
                          Var bias_hh, RecurrentStep step);

  std::vector<Layer> layers_;
};

}  // namespace espalier
