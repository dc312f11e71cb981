#include "core/blas.h"
#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// Y = A·B;  dA += dY·Bᵀ,  dB += Aᵀ·dY
struct Matmul final : Node {
  void backward() override {
    const Var a = inputs[0];
    const Var b = inputs[1];
    const std::int64_t m = a.shape()[0];
    const std::int64_t k = a.shape()[1];
    const std::int64_t n = b.shape()[1];
    if (a.needs_grad()) {
      gemm(Transpose::no, Transpose::yes, m, k, n, grad.data, b.value().data, 1, a.grad().data);
    }
    if (b.needs_grad()) {
      gemm(Transpose::yes, Transpose::no, k, n, m, a.value().data, grad.data, 1, b.grad().data);
    }
  }
};

}  // namespace

Var matmul(Var a, Var b) {
  check_rank("matmul", "a", a, 2);
  check_rank("matmul", "b", b, 2);
  if (a.shape()[1] != b.shape()[0]) {
    fail("matmul", "a has shape " + a.shape().text() + " and b " + b.shape().text() +
                       ", expected a's columns to equal b's rows");
  }
  const std::int64_t m = a.shape()[0];
  const std::int64_t n = b.shape()[1];
  Matmul& node = a.tape().record<Matmul>("matmul", {a, b}, {m, n});
  gemm(Transpose::no, Transpose::no, m, n, a.shape()[1], a.value().data, b.value().data, 0,
       node.value.data);
  return a.tape().last();
}

}  // namespace espalier
