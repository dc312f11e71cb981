#pragma once

#include "core/kernels/kernels.h"

// The build defines ESPALIER_INSTRUCTION_SET for each variant it compiles, e.g. avx2.

namespace espalier::ESPALIER_INSTRUCTION_SET {

void exp(std::size_t n, const real* x, real* y);
void tanh(std::size_t n, const real* x, real* y);
void sigmoid(std::size_t n, const real* x, real* y);
void tanh_backward(std::size_t n, const real* y, const real* dy, real* dx);
void relu(std::size_t n, const real* x, real* y);
void relu_backward(std::size_t n, const real* y, const real* dy, real* dx);
void gelu(std::size_t n, const real* x, real* y);
void gelu_backward(std::size_t n, const real* x, const real* dy, real* dx);
void mask_scale(std::size_t n, const std::uint8_t* keep, real factor, const real* x, real* y);
void mask_scale_backward(std::size_t n, const std::uint8_t* keep, real factor, const real* dy,
                         real* dx);
void softmax(std::size_t rows, std::size_t columns, const real* x, real* y);
void softmax_backward(std::size_t rows, std::size_t columns, const real* y, const real* dy,
                      real* dx);
void layer_norm(std::size_t rows, std::size_t columns, const real* x, const real* gain,
                const real* bias, real epsilon, real* normalised, real* inverse_deviation, real* y);
void layer_norm_backward(std::size_t rows, std::size_t columns, const real* normalised,
                         const real* inverse_deviation, const real* gain, const real* dy,
                         real* sums, real* dx);
void row_sums(std::size_t rows, std::size_t columns, const real* x, real* sums);
void dense_multiply(std::size_t rows, std::size_t depth, std::size_t n, const real* w,
                    const real* x, const real* bias, real* y);
void dense_multiply_transposed(std::size_t rows, std::size_t depth, std::size_t n, const real* w,
                               const real* x, real* y);
void transpose(std::size_t rows, std::size_t columns, const real* x, std::size_t y_stride, real* y);
void sparse_multiply(const CompressedLines& weights, const real* values, std::size_t batch,
                     const real* x, const real* bias, real* y);
void sparse_collect(const CompressedLines& weights, std::size_t batch, const real* dy,
                    const real* x, real* sums);
void sum_lanes(std::size_t n, const real* sums, real* totals);
void compare_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                    const real* a, const real* c, real beta, real* s);
void mix_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                const real* s, std::size_t stride_n, std::size_t stride_m, const real* c, real beta,
                real* out);
void lstm_cell_forward(std::size_t n, real* gates, const real* c_previous, real* c, real* tanh_c,
                       real* h);
void lstm_cell_backward(std::size_t n, const real* gates, const real* c_previous,
                        const real* tanh_c, const real* dh, real* dc, real* d_gates);
void keep_mask(std::uint64_t key, std::uint32_t drop_below, std::size_t n, std::uint8_t* keep);
void zero_pruned(std::size_t n, const std::uint8_t* live, real* x);
double sum_of_squares(std::size_t n, const real* x);
void adam(std::size_t n, const real* g, real* m, real* v, real* w, double beta1, double beta2,
          real step_size, real sqrt_correction2, real epsilon);

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
