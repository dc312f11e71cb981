#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y[j][i] = x[i][j];  dx[i][j] += dy[j][i]
struct Transpose2d final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t rows = dx.shape[0];
    const std::int64_t columns = dx.shape[1];
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) dx[i * columns + j] += grad[j * rows + i];
    }
  }
};

}  // namespace

Var transpose(Var x) {
  check_rank("transpose", "x", x, 2);
  const std::int64_t rows = x.shape()[0];
  const std::int64_t columns = x.shape()[1];
  Transpose2d& node = x.tape().record<Transpose2d>("transpose", {x}, {columns, rows});
  const Tensor from = x.value();
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) node.value[j * rows + i] = from[i * columns + j];
  }
  return x.tape().last();
}

}  // namespace espalier
