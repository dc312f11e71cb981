#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// With x̂ = (x − mean)/√(variance + ε) over the features of a sample, and y = gain·x̂ + bias:
///   d = dy·gain,  dx += (d − mean(d) − x̂·mean(d·x̂))/√(variance + ε)
///   dgain += Σ_batch dy·x̂,  dbias += Σ_batch dy
struct LayerNorm final : Node {
  const real* normalised = nullptr;
  /// 1/√(variance + ε) of each sample.
  const real* inverse_deviation = nullptr;

  void backward() override {
    const Var x = inputs[0];
    const Var gain = inputs[1];
    const Var bias = inputs[2];
    const std::int64_t features = grad.shape[0];
    const std::int64_t batch = grad.shape[1];
    Arena& arena = x.tape().arena();
    if (x.needs_grad()) {
      const Tensor sums = arena.allocate(Shape{2, batch});
      kernels().layer_norm_backward(static_cast<std::size_t>(features),
                                    static_cast<std::size_t>(batch), normalised, inverse_deviation,
                                    gain.value().data, grad.data, sums.data, x.grad().data);
    }
    for (std::int64_t f = 0; f < features; ++f) {
      const real* dy = grad.data + f * batch;
      const real* row = normalised + f * batch;
      real along = 0;
      real total = 0;
      for (std::int64_t b = 0; b < batch; ++b) {
        along += dy[b] * row[b];
        total += dy[b];
      }
      if (gain.needs_grad()) gain.grad()[f] += along;
      if (bias.needs_grad()) bias.grad()[f] += total;
    }
  }
};

}  // namespace

Var layer_norm(Var x, Var gain, Var bias, real epsilon) {
  check_rank("layer_norm", "x", x, 2);
  const std::int64_t features = x.shape()[0];
  const std::int64_t batch = x.shape()[1];
  check_shape("layer_norm", "gain", gain, {features}, "(one per feature)");
  check_shape("layer_norm", "bias", bias, {features}, "(one per feature)");
  LayerNorm& node = x.tape().record<LayerNorm>("layer_norm", {x, gain, bias}, x.shape());
  Arena& arena = x.tape().arena();
  real* normalised = arena.allocate(x.shape()).data;
  real* inverse_deviation = arena.allocate(Shape{batch}).data;
  kernels().layer_norm(static_cast<std::size_t>(features), static_cast<std::size_t>(batch),
                       x.value().data, gain.value().data, bias.value().data, epsilon, normalised,
                       inverse_deviation, node.value.data);
  node.normalised = normalised;
  node.inverse_deviation = inverse_deviation;
  return x.tape().last();
}

}  // namespace espalier
