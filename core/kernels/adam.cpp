#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void adam(std::size_t n, const real* g, real* m, real* v, real* w, double beta1, double beta2,
          real step_size, real sqrt_correction2, real epsilon) {
  const real* __restrict grad = g;
  real* __restrict mean = m;
  real* __restrict square = v;
  real* __restrict weight = w;
  const auto keep1 = static_cast<real>(beta1);
  const auto keep2 = static_cast<real>(beta2);
  // Rounded after the subtraction: 1 − 0.999 in float is off by 1e-5 of itself.
  const auto take1 = static_cast<real>(1 - beta1);
  const auto take2 = static_cast<real>(1 - beta2);
  const real scale = 1 / sqrt_correction2;
  for (std::size_t i = 0; i < n; ++i) {
    mean[i] = keep1 * mean[i] + take1 * grad[i];
    square[i] = keep2 * square[i] + take2 * grad[i] * grad[i];
    weight[i] -= step_size * mean[i] / (sqrt_of(square[i]) * scale + epsilon);
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
