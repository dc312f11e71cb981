#pragma once

#include "core/kernels/kernels.h"

// The build defines ESPALIER_INSTRUCTION_SET for each variant it compiles, e.g. avx2.

namespace espalier::ESPALIER_INSTRUCTION_SET {

void exp(std::size_t n, const real* x, real* y);
void tanh(std::size_t n, const real* x, real* y);
void sigmoid(std::size_t n, const real* x, real* y);
void lstm_cell_forward(std::size_t n, real* gates, const real* c_previous, real* c, real* tanh_c,
                       real* h);
void lstm_cell_backward(std::size_t n, const real* gates, const real* c_previous,
                        const real* tanh_c, const real* dh, real* dc, real* d_gates);
void adam(std::size_t n, const real* g, real* m, real* v, real* w, double beta1, double beta2,
          real step_size, real sqrt_correction2, real epsilon);

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
