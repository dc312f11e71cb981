#include "core/kernels/kernels.h"
#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

struct SoftmaxSizes {
  std::size_t blocks, features, batch;

  explicit SoftmaxSizes(const Shape& x)
      : features(static_cast<std::size_t>(x[x.rank() - 2])),
        batch(static_cast<std::size_t>(x[x.rank() - 1])) {
    blocks = static_cast<std::size_t>(x.size()) / (features * batch);
  }
};

/// y = exp(x)/Σ exp(x);  dx += y·(dy − Σ dy·y), each sum over the features of a sample
struct Softmax final : Node {
  void backward() override {
    const SoftmaxSizes size(value.shape);
    const std::size_t block = size.features * size.batch;
    real* dx = inputs[0].grad().data;
    for (std::size_t k = 0; k < size.blocks; ++k) {
      kernels().softmax_backward(size.features, size.batch, value.data + k * block,
                                 grad.data + k * block, dx + k * block);
    }
  }
};

}  // namespace

Var softmax(Var x) {
  if (x.shape().rank() < 2) {
    fail("softmax", "x has shape " + x.shape().text() + ", expected [..., features, batch]");
  }
  Softmax& node = x.tape().record<Softmax>("softmax", {x}, x.shape());
  const SoftmaxSizes size(x.shape());
  const std::size_t block = size.features * size.batch;
  for (std::size_t k = 0; k < size.blocks; ++k) {
    kernels().softmax(size.features, size.batch, x.value().data + k * block,
                      node.value.data + k * block);
  }
  return x.tape().last();
}

}  // namespace espalier
