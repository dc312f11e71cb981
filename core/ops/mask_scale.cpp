#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = keep ? factor·x : 0;  dx += keep ? factor·dy : 0
struct MaskScale final : Node {
  const std::uint8_t* keep = nullptr;
  real factor = 1;

  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0; i < grad.size(); ++i) dx[i] += keep[i] ? factor * grad[i] : real{0};
  }
};

}  // namespace

Var mask_scale(Var x, std::span<const std::uint8_t> keep, real factor) {
  if (keep.size() != x.value().span().size()) {
    fail("mask_scale", "the mask has " + std::to_string(keep.size()) + " entries, x has shape " +
                           x.shape().text());
  }
  MaskScale& node = x.tape().record<MaskScale>("mask_scale", {x}, x.shape());
  node.keep = keep.data();
  node.factor = factor;
  const Tensor y = node.value;
  const Tensor from = x.value();
  for (std::int64_t i = 0; i < y.size(); ++i) y[i] = node.keep[i] ? factor * from[i] : real{0};
  return x.tape().last();
}

}  // namespace espalier
