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

void tanh_backward(std::size_t n, const real* y, const real* dy, real* dx) {
  real* __restrict to = dx;
  for (std::size_t i = 0; i < n; ++i) to[i] += dy[i] * (1 - y[i] * y[i]);
}

void relu(std::size_t n, const real* x, real* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] < 0 ? real{0} : x[i];  // a NaN stays one
}

void relu_backward(std::size_t n, const real* y, const real* dy, real* dx) {
  real* __restrict to = dx;
  for (std::size_t i = 0; i < n; ++i) to[i] += y[i] > 0 ? dy[i] : real{0};
}

void mask_scale(std::size_t n, const std::uint8_t* keep, real factor, const real* x, real* y) {
  real* __restrict to = y;
  for (std::size_t i = 0; i < n; ++i) to[i] = keep[i] != 0 ? factor * x[i] : real{0};
}

void mask_scale_backward(std::size_t n, const std::uint8_t* keep, real factor, const real* dy,
                         real* dx) {
  real* __restrict to = dx;
  for (std::size_t i = 0; i < n; ++i) to[i] += keep[i] != 0 ? factor * dy[i] : real{0};
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
