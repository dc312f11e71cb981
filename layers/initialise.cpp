#include "layers/initialise.h"

namespace espalier {

void initialise_uniform(const Parameter& parameter, double bound, RandomKey key) {
  fill_uniform(key.derive(parameter.name()), -bound, bound, parameter.value().span());
}

}  // namespace espalier
