#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = mean (p − t)²;  dp += dy·2(p − t)/n,  dt −= the same
struct MseLoss final : Node {
  void backward() override {
    const Tensor prediction = inputs[0].value();
    const Tensor target = inputs[1].value();
    const real share = grad[0] / static_cast<real>(prediction.size());
    for (std::int64_t i = 0; i < prediction.size(); ++i) {
      const real difference = prediction[i] - target[i];
      const real slope = share * 2 * difference;
      if (inputs[0].needs_grad()) inputs[0].grad()[i] += slope;
      if (inputs[1].needs_grad()) inputs[1].grad()[i] -= slope;
    }
  }
};

}  // namespace

Var mse_loss(Var prediction, Var target) {
  check_same_shape("mse_loss", prediction, target);
  MseLoss& node = prediction.tape().record<MseLoss>("mse_loss", {prediction, target}, {1});
  const Tensor p = prediction.value();
  const Tensor t = target.value();
  double total = 0;
  for (std::int64_t i = 0; i < p.size(); ++i) {
    const double difference = static_cast<double>(p[i]) - static_cast<double>(t[i]);
    total += difference * difference;
  }
  node.value[0] = static_cast<real>(total / static_cast<double>(p.size()));
  return prediction.tape().last();
}

}  // namespace espalier
