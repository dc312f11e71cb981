#include "core/ops.h"

namespace espalier {

Var mean(Var x) {
  return scale(sum(x), real{1} / static_cast<real>(x.shape().size()));
}

}  // namespace espalier
