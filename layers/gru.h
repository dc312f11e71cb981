#pragma once

#include "layers/recurrent.h"

namespace espalier {

/// One or more stacked GRU layers, as torch.nn.GRU (gates in the order r, z, n); see gru_sequence.
class Gru {
 public:
  Gru(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
      std::int64_t layers)
      : layers_(parameters, name, /*gates=*/3, in, hidden, layers) {}

  void initialise(RandomKey key) { layers_.initialise(key); }

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch].
  Var forward(Forward& pass, Var x) const;

 private:
  RecurrentLayers layers_;
};

}  // namespace espalier
