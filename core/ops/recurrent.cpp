#include "core/ops/recurrent.h"

#include "core/blas.h"
#include "core/ops/check.h"
#include "core/ops/rows.h"

namespace espalier {

void check_recurrent(std::string_view op, std::int64_t gates, std::span<const Var> inputs) {
  const Var x = inputs[of_x];
  const Var weight_ih = inputs[of_weight_ih];
  const Var weight_hh = inputs[of_weight_hh];
  check_rank(op, "x", x, 3);
  check_rank(op, "weight_hh", weight_hh, 2);
  const std::int64_t hidden = weight_hh.shape()[1];
  const std::int64_t rows = gates * hidden;
  check_shape(op, "weight_hh", weight_hh, {rows, hidden}, "(its gates stacked, hidden rows each)");
  check_rank(op, "weight_ih", weight_ih, 2);
  if (weight_ih.shape()[1] != x.shape()[1]) {
    fail(op, "x has shape " + x.shape().text() + ", weight_ih " + weight_ih.shape().text() +
                 " expects " + std::to_string(weight_ih.shape()[1]) + " input features");
  }
  check_shape(op, "weight_ih", weight_ih, {rows, x.shape()[1]}, "(as weight_hh and x say)");
  check_shape(op, "bias_ih", inputs[of_bias_ih], {rows}, "(one per gate row)");
  check_shape(op, "bias_hh", inputs[of_bias_hh], {rows}, "(one per gate row)");
}

void input_projection(std::span<const Var> inputs, const RecurrentSizes& size, std::int64_t t,
                      const real* bias, real* to) {
  fill_rows(bias, size.rows, size.batch, to);
  gemm(Transpose::no, Transpose::no, size.rows, size.batch, size.in,
       inputs[of_weight_ih].value().data, inputs[of_x].value().data + t * size.in * size.batch, 1,
       to);
}

void add_hidden_projection(std::span<const Var> inputs, const RecurrentSizes& size, const real* h,
                           real* to) {
  gemm(Transpose::no, Transpose::no, size.rows, size.batch, size.hidden,
       inputs[of_weight_hh].value().data, h, 1, to);
}

void input_projection_backward(std::span<const Var> inputs, const RecurrentSizes& size,
                               std::int64_t t, const real* d) {
  const Var x = inputs[of_x];
  const Var weight = inputs[of_weight_ih];
  const Var bias = inputs[of_bias_ih];
  const std::int64_t at = t * size.in * size.batch;
  if (x.needs_grad()) {
    gemm(Transpose::yes, Transpose::no, size.in, size.batch, size.rows, weight.value().data, d, 1,
         x.grad().data + at);
  }
  if (weight.needs_grad()) {
    gemm(Transpose::no, Transpose::yes, size.rows, size.in, size.batch, d, x.value().data + at, 1,
         weight.grad().data);
  }
  if (bias.needs_grad()) add_row_sums(d, size.rows, size.batch, bias.grad().data);
}

void hidden_projection_backward(std::span<const Var> inputs, const RecurrentSizes& size,
                                const real* d, const real* h, real* dh) {
  const Var weight = inputs[of_weight_hh];
  const Var bias = inputs[of_bias_hh];
  if (bias.needs_grad()) add_row_sums(d, size.rows, size.batch, bias.grad().data);
  if (h == nullptr) return;
  gemm(Transpose::yes, Transpose::no, size.hidden, size.batch, size.rows, weight.value().data, d, 1,
       dh);
  if (weight.needs_grad()) {
    gemm(Transpose::no, Transpose::yes, size.rows, size.hidden, size.batch, d, h, 1,
         weight.grad().data);
  }
}

}  // namespace espalier
