#include <string>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// With e = t − p and q the level of p's block: y = mean max(q·e, (q − 1)·e);
///   dp += dy·(1 − q)/n where e < 0, −dy·q/n where e > 0,  dt −= the same, of every level
struct PinballLoss final : Node {
  std::span<const double> levels;

  void backward() override {
    const Var prediction = inputs[0];
    const Var target = inputs[1];
    const std::int64_t size = target.value().size();
    const real share = grad[0] / static_cast<real>(prediction.value().size());
    const real* t = target.value().data;
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const std::int64_t begin = static_cast<std::int64_t>(k) * size;
      const real* p = prediction.value().data + begin;
      const real above = share * static_cast<real>(1 - levels[k]);
      const real below = -share * static_cast<real>(levels[k]);
      const auto slope = [&](std::int64_t i) {
        return (p[i] > t[i] ? above : real{0}) + (p[i] < t[i] ? below : real{0});
      };
      if (prediction.needs_grad()) {
        real* dp = prediction.grad().data + begin;
        for (std::int64_t i = 0; i < size; ++i) dp[i] += slope(i);
      }
      if (target.needs_grad()) {
        const Tensor dt = target.grad();
        for (std::int64_t i = 0; i < size; ++i) dt[i] -= slope(i);
      }
    }
  }
};

/// Σ max(level·(t − p), (level − 1)·(t − p)), in double.
double pinball_sum(const Tensor& t, const real* p, double level) {
  double total = 0;
  for (std::int64_t i = 0, n = t.size(); i < n; ++i) {
    const double e = static_cast<double>(t[i]) - static_cast<double>(p[i]);
    total += e * (e > 0 ? level : level - 1);
  }
  return total;
}

}  // namespace

Var pinball_loss(Var prediction, Var target, std::span<const double> levels) {
  if (target.shape().rank() < 1 || levels.empty()) {
    fail("pinball_loss", "target has shape " + target.shape().text() + " and there are " +
                             std::to_string(levels.size()) +
                             " levels, expected 1 axis or more and 1 level or more");
  }
  const Shape expected = target.shape().inner().prepend(std::ssize(levels) * target.shape()[0]);
  if (prediction.shape() != expected) {
    fail("pinball_loss", "prediction has shape " + prediction.shape().text() + ", expected " +
                             expected.text() + ": the rows of target " + target.shape().text() +
                             " once for each level");
  }
  PinballLoss& node =
      prediction.tape().record<PinballLoss>("pinball_loss", {prediction, target}, {1});
  node.levels = levels;
  double total = 0;
  const real* p = prediction.value().data;
  for (const double level : levels) {
    total += pinball_sum(target.value(), p, level);
    p += target.value().size();
  }
  node.value[0] = static_cast<real>(total / static_cast<double>(prediction.value().size()));
  return prediction.tape().last();
}

}  // namespace espalier
