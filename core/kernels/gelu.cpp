#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void gelu(std::size_t n, const real* x, real* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] * normal_distribution_of(x[i]);
}

void gelu_backward(std::size_t n, const real* x, const real* dy, real* dx) {
  real* __restrict to = dx;
  for (std::size_t i = 0; i < n; ++i) {
    to[i] += dy[i] * (normal_distribution_of(x[i]) + x[i] * normal_density_of(x[i]));
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
