#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void lstm_cell_forward(std::size_t n, real* gates, const real* c_previous, real* c, real* tanh_c,
                       real* h) {
  real* __restrict input = gates;
  real* __restrict forget = gates + n;
  real* __restrict cell = gates + 2 * n;
  real* __restrict output = gates + 3 * n;
  for (std::size_t j = 0; j < n; ++j) {
    input[j] = sigmoid_of(input[j]);
    forget[j] = sigmoid_of(forget[j]);
    cell[j] = tanh_of(cell[j]);
    output[j] = sigmoid_of(output[j]);
  }
  if (c_previous == nullptr) {
    for (std::size_t j = 0; j < n; ++j) c[j] = input[j] * cell[j];
  } else {
    for (std::size_t j = 0; j < n; ++j) c[j] = forget[j] * c_previous[j] + input[j] * cell[j];
  }
  for (std::size_t j = 0; j < n; ++j) tanh_c[j] = tanh_of(c[j]);
  for (std::size_t j = 0; j < n; ++j) h[j] = output[j] * tanh_c[j];
}

// With dc the whole gradient of c (from h and from the next step):
//   do = dh·tanh(c)        dc += dh·o·(1 − tanh²(c))
//   di = dc·g   df = dc·c_previous   dg = dc·i   dc_previous = dc·f
// each times the slope of its own gate: s(1 − s) for a sigmoid, 1 − t² for tanh.
void lstm_cell_backward(std::size_t n, const real* gates, const real* c_previous,
                        const real* tanh_c, const real* dh, real* dc, real* d_gates) {
  const real* __restrict input = gates;
  const real* __restrict forget = gates + n;
  const real* __restrict cell = gates + 2 * n;
  const real* __restrict output = gates + 3 * n;
  real* __restrict d_input = d_gates;
  real* __restrict d_forget = d_gates + n;
  real* __restrict d_cell = d_gates + 2 * n;
  real* __restrict d_output = d_gates + 3 * n;
  real* __restrict d_c = dc;
  for (std::size_t j = 0; j < n; ++j) {
    d_output[j] = dh[j] * tanh_c[j] * output[j] * (1 - output[j]);
    d_c[j] += dh[j] * output[j] * (1 - tanh_c[j] * tanh_c[j]);
    d_input[j] = d_c[j] * cell[j] * input[j] * (1 - input[j]);
    d_cell[j] = d_c[j] * input[j] * (1 - cell[j] * cell[j]);
  }
  if (c_previous == nullptr) {
    for (std::size_t j = 0; j < n; ++j) d_forget[j] = 0;
  } else {
    for (std::size_t j = 0; j < n; ++j) {
      d_forget[j] = d_c[j] * c_previous[j] * forget[j] * (1 - forget[j]);
    }
  }
  for (std::size_t j = 0; j < n; ++j) d_c[j] *= forget[j];
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
