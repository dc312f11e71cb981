#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = (x₁ + … + xₙ)/n over the outermost axis;  dxₖ += dy/n
struct MeanRows final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t rows = inputs[0].shape()[0];
    for (std::int64_t k = 0; k < rows; ++k) {
      real* row = dx.data + k * grad.size();
      for (std::int64_t i = 0, n = grad.size(); i < n; ++i)
        row[i] += grad[i] / static_cast<real>(rows);
    }
  }
};

}  // namespace

Var mean_rows(Var x) {
  if (x.shape().rank() < 2) {
    fail("mean_rows", "x has shape " + x.shape().text() + ", expected 2 axes or more");
  }
  MeanRows& node = x.tape().record<MeanRows>("mean_rows", {x}, x.shape().inner());
  const Tensor y = node.value;
  const std::int64_t rows = x.shape()[0];
  std::ranges::fill(y.span(), real{0});
  for (std::int64_t k = 0; k < rows; ++k) {
    const real* row = x.value().data + k * y.size();
    for (std::int64_t i = 0, n = y.size(); i < n; ++i) y[i] += row[i];
  }
  for (real& mean : y.span()) mean /= static_cast<real>(rows);
  return x.tape().last();
}

}  // namespace espalier
