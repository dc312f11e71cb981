#include <algorithm>
#include <string>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y[t][k] = x[t][features[k]];  dx[t][features[k]] += dy[t][k]
struct SelectFeatures final : Node {
  std::span<const std::int64_t> features;

  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t batch = grad.shape[2];
    const real* dy = grad.data;
    for (std::int64_t t = 0; t < grad.shape[0]; ++t) {
      for (const std::int64_t feature : features) {
        real* to = dx.data + (t * dx.shape[1] + feature) * batch;
        for (std::int64_t b = 0; b < batch; ++b) to[b] += dy[b];
        dy += batch;
      }
    }
  }
};

}  // namespace

Var select_features(Var x, std::span<const std::int64_t> features) {
  check_rank("select_features", "x", x, 3);
  for (const std::int64_t feature : features) {
    if (feature >= 0 && feature < x.shape()[1]) continue;
    fail("select_features", "feature " + std::to_string(feature) + " was asked of shape " +
                                x.shape().text() + ", expected 0 <= feature < " +
                                std::to_string(x.shape()[1]));
  }
  const std::int64_t steps = x.shape()[0];
  const std::int64_t batch = x.shape()[2];
  SelectFeatures& node =
      x.tape().record<SelectFeatures>("select_features", {x}, {steps, std::ssize(features), batch});
  node.features = features;
  real* y = node.value.data;
  for (std::int64_t t = 0; t < steps; ++t) {
    for (const std::int64_t feature : features) {
      y = std::copy_n(x.value().data + (t * x.shape()[1] + feature) * batch, batch, y);
    }
  }
  return x.tape().last();
}

}  // namespace espalier
