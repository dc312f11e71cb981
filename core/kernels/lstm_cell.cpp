#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

// Each loop takes a step's gates in one pass, so that none is read from memory twice. The arrays
// are parameters of their own, for GCC trusts __restrict on those alone. Without `first`, before
// (the previous c) is read.

template <bool first>
void forward(std::size_t n, real* __restrict input, real* __restrict forget, real* __restrict cell,
             real* __restrict output, const real* __restrict before, real* __restrict c,
             real* __restrict tanh_c, real* __restrict h) {
  for (std::size_t j = 0; j < n; ++j) {
    const real i = sigmoid_of(input[j]);
    const real f = sigmoid_of(forget[j]);
    const real g = tanh_of(cell[j]);
    const real o = sigmoid_of(output[j]);
    input[j] = i;
    forget[j] = f;
    cell[j] = g;
    output[j] = o;
    real now = i * g;
    if constexpr (!first) now += f * before[j];
    const real t = tanh_of(now);
    c[j] = now;
    tanh_c[j] = t;
    h[j] = o * t;
  }
}

// With dc the whole gradient of c (from h and from the next step):
//   do = dh·tanh(c)        dc += dh·o·(1 − tanh²(c))
//   di = dc·g   df = dc·c_previous   dg = dc·i   dc_previous = dc·f
// each times the slope of its own gate: s(1 − s) for a sigmoid, 1 − t² for tanh.
template <bool first>
void backward(std::size_t n, const real* __restrict input, const real* __restrict forget,
              const real* __restrict cell, const real* __restrict output,
              const real* __restrict before, const real* __restrict tanh_c,
              const real* __restrict dh, real* __restrict dc, real* __restrict d_input,
              real* __restrict d_forget, real* __restrict d_cell, real* __restrict d_output) {
  for (std::size_t j = 0; j < n; ++j) {
    const real i = input[j];
    const real f = forget[j];
    const real g = cell[j];
    const real o = output[j];
    const real t = tanh_c[j];
    const real d = dc[j] + dh[j] * o * (1 - t * t);
    d_output[j] = dh[j] * t * o * (1 - o);
    d_input[j] = d * g * i * (1 - i);
    d_cell[j] = d * i * (1 - g * g);
    d_forget[j] = first ? real{0} : d * before[j] * f * (1 - f);
    dc[j] = d * f;
  }
}

}  // namespace

void lstm_cell_forward(std::size_t n, real* gates, const real* c_previous, real* c, real* tanh_c,
                       real* h) {
  const auto run = c_previous == nullptr ? forward<true> : forward<false>;
  run(n, gates, gates + n, gates + 2 * n, gates + 3 * n, c_previous, c, tanh_c, h);
}

void lstm_cell_backward(std::size_t n, const real* gates, const real* c_previous,
                        const real* tanh_c, const real* dh, real* dc, real* d_gates) {
  const auto run = c_previous == nullptr ? backward<true> : backward<false>;
  run(n, gates, gates + n, gates + 2 * n, gates + 3 * n, c_previous, tanh_c, dh, dc, d_gates,
      d_gates + n, d_gates + 2 * n, d_gates + 3 * n);
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
