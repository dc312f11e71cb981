#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void exp(std::size_t n, const real* x, real* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = exp_of(x[i]);
}

void tanh(std::size_t n, const real* x, real* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = tanh_of(x[i]);
}

void sigmoid(std::size_t n, const real* x, real* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = sigmoid_of(x[i]);
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
