#include "core/ops/recurrent.h"

#include <algorithm>

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

void RecurrentProducts::input(std::int64_t t, const real* bias, real* to) const {
  weight_ih_.set(x_ + t * size_.in * size_.batch, size_.batch, bias, to);
}

void RecurrentProducts::hidden(const real* h, real* to) const {
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

void RecurrentGradients::bias_ih(const real* d) {
  const Var bias = inputs_[of_bias_ih];
  if (bias.needs_grad()) add_row_sums(d, size_.rows, size_.batch, bias.grad().data);
}

void RecurrentGradients::bias_hh(const real* d) {
  const Var bias = inputs_[of_bias_hh];
  if (bias.needs_grad()) add_row_sums(d, size_.rows, size_.batch, bias.grad().data);
}

void RecurrentGradients::step(std::int64_t t, const real* d, const real* h, real* dh) {
  input(t, d);
  if (h != nullptr) hidden(d, h, dh);
  add_row_sums(d, size_.rows, size_.batch, bias_sums_.data);
}

void RecurrentGradients::finish() {
  weight_ih_.finish();
  weight_hh_.finish();
  for (const Var bias : {inputs_[of_bias_ih], inputs_[of_bias_hh]}) {
    if (!bias.needs_grad()) continue;
    const Tensor grad = bias.grad();
    for (std::int64_t r = 0; r < size_.rows; ++r) grad[r] += bias_sums_[r];
  }
}

}  // namespace espalier
