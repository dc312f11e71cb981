#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/forward.h"
#include "core/parameters.h"

namespace espalier {

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
  /// layers is offered to regularizers as Site::hidden. `sequence` runs one layer, as
  /// lstm_sequence.
  template <typename Sequence>
  Var forward(Forward& pass, Var x, Sequence&& sequence) const {
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      if (k > 0) x = pass.activation(Site::hidden, x);
      const Layer& layer = layers_[k];
      x = sequence(x, pass.parameter(layer.weight_ih), pass.parameter(layer.weight_hh),
                   pass.parameter(layer.bias_ih), pass.parameter(layer.bias_hh));
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

  std::int64_t hidden_;
  std::vector<Layer> layers_;
};

}  // namespace espalier
