#include "optim/clip_grad_norm.h"

#include <cmath>

#include "core/kernels/kernels.h"

namespace espalier {

double clip_grad_norm(std::span<real> grads, double limit) {
  const double norm = std::sqrt(kernels().sum_of_squares(grads.size(), grads.data()));
  const double factor = limit / (norm + 1e-6);
  if (factor < 1) {
    for (real& grad : grads) grad = static_cast<real>(grad * factor);
  }
  return norm;
}

}  // namespace espalier
