#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {
#ifdef ESPALIER_DOUBLE
inline real sqrt_of(real x) { return __builtin_sqrt(x); }
#else
inline real sqrt_of(real x) { return __builtin_sqrtf(x); }
#endif
}  // namespace

void adam(std::size_t n, const real* g, real* m, real* v, real* w, real beta1, real beta2,
          real step_size, real sqrt_correction2, real epsilon) {
  const real* __restrict grad = g;
  real* __restrict mean = m;
  real* __restrict square = v;
  real* __restrict weight = w;
  for (std::size_t i = 0; i < n; ++i) {
    mean[i] = beta1 * mean[i] + (1 - beta1) * grad[i];
    square[i] = beta2 * square[i] + (1 - beta2) * grad[i] * grad[i];
    weight[i] -= step_size * mean[i] / (sqrt_of(square[i]) / sqrt_correction2 + epsilon);
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
