#pragma once

#include "core/tape.h"

namespace espalier {

/// What the losses of the form mean f(prediction − target) share: with `slope`(difference) = f′,
///   dp += dy·f′(p − t)/n,  dt −= the same
template <typename Slope>
void mean_loss_backward(const Node& node, Slope slope) {
  const Var prediction = node.inputs[0];
  const Var target = node.inputs[1];
  const Tensor p = prediction.value();
  const Tensor t = target.value();
  const real share = node.grad[0] / static_cast<real>(p.size());
  if (prediction.needs_grad()) {
    const Tensor dp = prediction.grad();
    for (std::int64_t i = 0, n = p.size(); i < n; ++i) dp[i] += share * slope(p[i] - t[i]);
  }
  if (target.needs_grad()) {
    const Tensor dt = target.grad();
    for (std::int64_t i = 0, n = p.size(); i < n; ++i) dt[i] -= share * slope(p[i] - t[i]);
  }
}

/// mean `term`(p − t), summed in double.
template <typename Term>
real mean_loss(const Tensor& p, const Tensor& t, Term term) {
  double total = 0;
  for (std::int64_t i = 0, n = p.size(); i < n; ++i) {
    total += term(static_cast<double>(p[i]) - static_cast<double>(t[i]));
  }
  return static_cast<real>(total / static_cast<double>(p.size()));
}

}  // namespace espalier
