#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y[t] = Σ x[t − half … t + half]/rows with x's first and last row repeated beyond its ends;
/// dx[those] += dy[t]/rows
struct MovingAverage final : Node {
  std::int64_t half = 0;

  /// Calls `visit(from, to)` with the positions of each pair of rows that belong together.
  template <typename Visit>
  void for_each_pair(Visit visit) const {
    const std::int64_t rows = value.shape[0];
    const std::int64_t size = value.shape.inner().size();
    for (std::int64_t t = 0; t < rows; ++t) {
      for (std::int64_t k = t - half; k <= t + half; ++k) {
        visit(std::clamp<std::int64_t>(k, 0, rows - 1) * size, t * size);
      }
    }
  }

  real share() const { return real{1} / static_cast<real>(2 * half + 1); }

  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t size = value.shape.inner().size();
    for_each_pair([&, factor = share()](std::int64_t from, std::int64_t to) {
      for (std::int64_t i = 0; i < size; ++i) dx[from + i] += factor * grad[to + i];
    });
  }
};

}  // namespace

Var moving_average(Var x, std::int64_t rows) {
  if (x.shape().rank() < 1 || rows < 1 || rows % 2 == 0) {
    fail("moving_average", "over " + std::to_string(rows) + " rows of shape " + x.shape().text() +
                               ", expected an odd number of rows");
  }
  MovingAverage& node = x.tape().record<MovingAverage>("moving_average", {x}, x.shape());
  node.half = rows / 2;
  const Tensor y = node.value;
  const Tensor in = x.value();
  const std::int64_t size = x.shape().inner().size();
  std::ranges::fill(y.span(), real{0});
  node.for_each_pair([&, factor = node.share()](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = 0; i < size; ++i) y[to + i] += factor * in[from + i];
  });
  return x.tape().last();
}

}  // namespace espalier
