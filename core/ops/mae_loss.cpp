#include <cmath>

#include "core/ops.h"
#include "core/ops/check.h"
#include "core/ops/mean_loss.h"

namespace espalier {

namespace {

/// y = mean |p − t|;  dp += dy·sign(p − t)/n,  dt −= the same
struct MaeLoss final : Node {
  void backward() override {
    mean_loss_backward(*this, [](real difference) {
      return static_cast<real>((difference > 0) - (difference < 0));
    });
  }
};

}  // namespace

Var mae_loss(Var prediction, Var target) {
  check_same_shape("mae_loss", prediction, target);
  MaeLoss& node = prediction.tape().record<MaeLoss>("mae_loss", {prediction, target}, {1});
  node.value[0] = mean_loss(prediction.value(), target.value(),
                            [](double difference) { return std::abs(difference); });
  return prediction.tape().last();
}

}  // namespace espalier
