#include "core/kernels/kernels.h"
#include "core/ops.h"

namespace espalier {

namespace {

/// y = max(x, 0);  dx += dy where y > 0. A NaN stays a NaN.
struct Relu final : Node {
  void backward() override {
    kernels().relu_backward(value.span().size(), value.data, grad.data, inputs[0].grad().data);
  }
};

}  // namespace

Var relu(Var x) {
  Relu& node = x.tape().record<Relu>("relu", {x}, x.shape());
  kernels().relu(x.value().span().size(), x.value().data, node.value.data);
  return x.tape().last();
}

}  // namespace espalier
