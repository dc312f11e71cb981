#include <cmath>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = mean |p − t|;  dp += dy·sign(p − t)/n,  dt −= the same
struct MaeLoss final : Node {
  void backward() override {
    const Tensor prediction = inputs[0].value();
    const Tensor target = inputs[1].value();
    const real share = grad[0] / static_cast<real>(prediction.size());
    for (std::int64_t i = 0; i < prediction.size(); ++i) {
      const real difference = prediction[i] - target[i];
      const real slope = share * static_cast<real>((difference > 0) - (difference < 0));
      if (inputs[0].needs_grad()) inputs[0].grad()[i] += slope;
      if (inputs[1].needs_grad()) inputs[1].grad()[i] -= slope;
    }
  }
};

}  // namespace

Var mae_loss(Var prediction, Var target) {
  check_same_shape("mae_loss", prediction, target);
  MaeLoss& node = prediction.tape().record<MaeLoss>("mae_loss", {prediction, target}, {1});
  const Tensor p = prediction.value();
  const Tensor t = target.value();
  double total = 0;
  for (std::int64_t i = 0; i < p.size(); ++i) {
    const double difference = static_cast<double>(p[i]) - static_cast<double>(t[i]);
    total += std::abs(difference);
  }
  node.value[0] = static_cast<real>(total / static_cast<double>(p.size()));
  return prediction.tape().last();
}

}  // namespace espalier
