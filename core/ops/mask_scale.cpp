#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = keep ? factor·x : 0;  dx += keep ? factor·dy : 0
struct MaskScale final : Node {
  const std::uint8_t* keep = nullptr;
  real factor = 1;

  void backward() override {
    kernels().mask_scale_backward(value.span().size(), keep, factor, grad.data,
                                  inputs[0].grad().data);
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
  kernels().mask_scale(keep.size(), keep.data(), factor, x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
