#include "layers/gru.h"

#include "core/ops.h"

namespace espalier {

Var Gru::forward(Forward& pass, Var x) const {
  return layers_.forward(pass, x, gru_sequence);
}

}  // namespace espalier
