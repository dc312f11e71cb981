#include "layers/lstm.h"

#include "core/ops.h"

namespace espalier {

Var Lstm::forward(Forward& pass, Var x) const {
  return layers_.forward(pass, x, lstm_sequence);
}

}  // namespace espalier
