#pragma once

#include <vector>

#include "layers/recurrent.h"

namespace espalier {

/// One or more stacked GRU layers, as torch.nn.GRU (gates in the order r, z, n); see gru_sequence.
class Gru {
 public:
  /// `hidden` units in each of `layers` layers.
  Gru(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
      std::int64_t layers)
      : Gru(parameters, name, in, equal_layers(hidden, layers)) {}
  /// Layers of different sizes.
  Gru(Parameters& parameters, const std::string& name, std::int64_t in,
      const std::vector<RecurrentLayerSize>& sizes)
      : layers_(parameters, name, /*gates=*/3, in, sizes) {}

  void initialise(RandomKey key) { layers_.initialise(key); }

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. Where `states` is given, h
  /// of every layer is added to it.
  Var forward(Forward& pass, Var x, std::vector<Var>* states = nullptr) const;

  const RecurrentLayers& layers() const { return layers_; }

 private:
  RecurrentLayers layers_;
};

}  // namespace espalier
