#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/forward.h"
#include "core/parameters.h"

namespace espalier {

/// One or more stacked LSTM layers from zero initial state, as torch.nn.LSTM: for layer k the
/// parameters `name`.weight_ih_lk [4H, in or H], .weight_hh_lk [4H, H], .bias_ih_lk [4H] and
/// .bias_hh_lk [4H], gates in the order i, f, g, o.
class Lstm {
 public:
  Lstm(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t hidden,
       std::int64_t layers);

  /// Everything from U(±1/√hidden), PyTorch's default.
  void initialise(RandomKey key);

  /// x [time, in, batch] → h of the last layer, [time, hidden, batch]. What passes between two
  /// layers is offered to regularizers as Site::hidden.
  Var forward(Forward& pass, Var x) const;

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
