#pragma once

#include "core/ops.h"
#include "layers/recurrent.h"

namespace espalier {

/// One or more stacked Elman layers, as torch.nn.RNN; see rnn_sequence.
class Rnn {
 public:
  Rnn(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
      std::int64_t layers, RnnNonlinearity nonlinearity)
      : layers_(parameters, name, /*gates=*/1, in, hidden, layers), nonlinearity_(nonlinearity) {}

  void initialise(RandomKey key) { layers_.initialise(key); }

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch].
  Var forward(Forward& pass, Var x) const;

 private:
  RecurrentLayers layers_;
  RnnNonlinearity nonlinearity_;
};

}  // namespace espalier
