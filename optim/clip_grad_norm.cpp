#include "optim/clip_grad_norm.h"

#include <cmath>

namespace espalier {

double clip_grad_norm(std::span<real> grads, double limit) {
  double squares = 0;
  for (const real grad : grads) squares += static_cast<double>(grad) * static_cast<double>(grad);
  const double norm = std::sqrt(squares);
  const double factor = limit / (norm + 1e-6);
  if (factor < 1) {
    for (real& grad : grads) grad = static_cast<real>(grad * factor);
  }
  return norm;
}

}  // namespace espalier
