#pragma once

#include <vector>

#include "core/ops.h"
#include "layers/recurrent.h"

namespace espalier {

/// One or more stacked Elman layers, as torch.nn.RNN; see rnn_sequence.
class Rnn {
 public:
  /// `hidden` units in each of `layers` layers.
  Rnn(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
      std::int64_t layers, RnnNonlinearity nonlinearity)
      : Rnn(parameters, name, in, equal_layers(hidden, layers), nonlinearity) {}
  /// Layers of different sizes.
  Rnn(Parameters& parameters, const std::string& name, std::int64_t in,
      const std::vector<RecurrentLayerSize>& sizes, RnnNonlinearity nonlinearity)
      : layers_(parameters, name, /*gates=*/1, in, sizes), nonlinearity_(nonlinearity) {}

  void initialise(RandomKey key) { layers_.initialise(key); }

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. Where `states` is given, h
  /// of every layer is added to it.
  Var forward(Forward& pass, Var x, std::vector<Var>* states = nullptr) const;

  const RecurrentLayers& layers() const { return layers_; }

 private:
  RecurrentLayers layers_;
  RnnNonlinearity nonlinearity_;
};

}  // namespace espalier
