#include "core/ops/recurrent.h"

#include <algorithm>

#include "core/ops/check.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

bool has_steps(const Shape& bias) {
  return bias.rank() == 2;
}

void check_bias(std::string_view op, std::string_view name, Var bias, std::int64_t rows,
                std::int64_t steps) {
  if (has_steps(bias.shape())) {
    check_shape(op, name, bias, {steps, rows}, "(one per step and gate row)");
  } else {
    check_shape(op, name, bias, {rows}, "(one per gate row)");
  }
}

}  // namespace

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
  check_bias(op, "bias_ih", inputs[of_bias_ih], rows, x.shape()[0]);
  check_bias(op, "bias_hh", inputs[of_bias_hh], rows, x.shape()[0]);
}

real* bias_of_step(const Tensor& bias, std::int64_t t) {
  return has_steps(bias.shape) ? bias.data + t * bias.shape[1] : bias.data;
}

Tensor add_biases(std::span<const Var> inputs, const RecurrentSizes& size) {
  const Tensor bias_ih = inputs[of_bias_ih].value();
  const Tensor bias_hh = inputs[of_bias_hh].value();
  const bool steps = has_steps(bias_ih.shape) || has_steps(bias_hh.shape);
  const Tensor sum =
      inputs[of_x].tape().arena().allocate(steps ? Shape{size.steps, size.rows} : Shape{size.rows});
  for (std::int64_t t = 0; t < (steps ? size.steps : 1); ++t) {
    const real* a = bias_of_step(bias_ih, t);
    const real* b = bias_of_step(bias_hh, t);
    real* to = bias_of_step(sum, t);
    for (std::int64_t r = 0; r < size.rows; ++r) to[r] = a[r] + b[r];
  }
  return sum;
}

void list_recurrent_products(std::span<const Var> inputs,
                             std::vector<WeightProductSize>& products) {
  const RecurrentSizes size(inputs[of_x].shape(), inputs[of_weight_hh].shape());
  products.push_back({size.rows, size.in, size.batch, size.steps, inputs[of_x].needs_grad()});
  products.push_back({size.rows, size.hidden, size.batch, size.steps - 1, true});
}

RecurrentProducts::RecurrentProducts(std::span<const Var> inputs, const RecurrentSizes& size)
    : size_(size),
      x_(inputs[of_x].value().data),
      weight_ih_(inputs[of_weight_ih]),
      weight_hh_(inputs[of_weight_hh]) {}

void RecurrentProducts::input(std::int64_t t, const real* bias, real* to) {
  weight_ih_.set(x_ + t * size_.in * size_.batch, size_.batch, bias, to);
}

void RecurrentProducts::hidden(const real* h, real* to) {
  weight_hh_.add(h, size_.batch, to);
}

RecurrentGradients::RecurrentGradients(std::span<const Var> inputs, const RecurrentSizes& size)
    : inputs_(inputs),
      size_(size),
      weight_ih_(inputs[of_weight_ih]),
      weight_hh_(inputs[of_weight_hh]),
      bias_sums_(inputs[of_x].tape().arena().allocate(Shape{size.rows})) {
  std::ranges::fill(bias_sums_.span(), real{0});
}

void RecurrentGradients::input(std::int64_t t, const real* d) {
  const Var x = inputs_[of_x];
  const std::int64_t at = t * size_.in * size_.batch;
  if (x.needs_grad()) weight_ih_.propagate(d, size_.batch, x.grad().data + at);
  weight_ih_.collect(d, x.value().data + at, size_.batch);
}

void RecurrentGradients::hidden(const real* d, const real* h, real* dh) {
  weight_hh_.propagate(d, size_.batch, dh);
  weight_hh_.collect(d, h, size_.batch);
}

void RecurrentGradients::bias_ih(std::int64_t t, const real* d) {
  const Var bias = inputs_[of_bias_ih];
  if (bias.needs_grad()) add_row_sums(d, size_.rows, size_.batch, bias_of_step(bias.grad(), t));
}

void RecurrentGradients::bias_hh(std::int64_t t, const real* d) {
  const Var bias = inputs_[of_bias_hh];
  if (bias.needs_grad()) add_row_sums(d, size_.rows, size_.batch, bias_of_step(bias.grad(), t));
}

void RecurrentGradients::step(std::int64_t t, const real* d, const real* h, real* dh) {
  input(t, d);
  if (h != nullptr) hidden(d, h, dh);
  add_row_sums(d, size_.rows, size_.batch, bias_sums_.data);
  if (has_steps(inputs_[of_bias_ih].shape())) bias_ih(t, d);
  if (has_steps(inputs_[of_bias_hh].shape())) bias_hh(t, d);
}

void RecurrentGradients::finish() {
  weight_ih_.finish();
  weight_hh_.finish();
  for (const Var bias : {inputs_[of_bias_ih], inputs_[of_bias_hh]}) {
    if (!bias.needs_grad() || has_steps(bias.shape())) continue;
    const Tensor grad = bias.grad();
    for (std::int64_t r = 0; r < size_.rows; ++r) grad[r] += bias_sums_[r];
  }
}

}  // namespace espalier
