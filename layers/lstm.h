#pragma once

#include <vector>

#include "layers/recurrent.h"

namespace espalier {

/// One or more stacked LSTM layers, as torch.nn.LSTM (gates in the order i, f, g, o); see
/// lstm_sequence.
class Lstm {
 public:
  /// `hidden` units in each of `layers` layers.
  Lstm(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
       std::int64_t layers)
      : Lstm(parameters, name, in, equal_layers(hidden, layers)) {}
  /// Layers of different sizes.
  Lstm(Parameters& parameters, const std::string& name, std::int64_t in,
       const std::vector<RecurrentLayerSize>& sizes)
      : layers_(parameters, name, /*gates=*/4, in, sizes) {}

  void initialise(RandomKey key) { layers_.initialise(key); }

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. Where `states` is given, h
  /// of every layer is added to it.
  Var forward(Forward& pass, Var x, std::vector<Var>* states = nullptr) const;

  const RecurrentLayers& layers() const { return layers_; }

 private:
  RecurrentLayers layers_;
};

}  // namespace espalier
