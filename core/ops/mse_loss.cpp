#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/mean_loss.h"

namespace espalier {

namespace {

/// y = mean (p − t)²;  dp += dy·2(p − t)/n,  dt −= the same
struct MseLoss final : Node {
  void backward() override {
    mean_loss_backward(*this, [](real difference) { return 2 * difference; });
  }
};

}  // namespace

Var mse_loss(Var prediction, Var target) {
  check_same_shape("mse_loss", prediction, target);
  MseLoss& node = prediction.tape().record<MseLoss>("mse_loss", {prediction, target}, {1});
  node.value[0] = mean_loss(prediction.value(), target.value(),
                            [](double difference) { return difference * difference; });
  return prediction.tape().last();
}

}  // namespace espalier
