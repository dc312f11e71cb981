#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// At every place of the inner axes y[r] = x[order[r]] with y[0] ≤ y[1] ≤ …;  dx[order[r]] += dy[r]
struct SortRows final : Node {
  /// Small whole numbers, in the shape of x.
  const real* order = nullptr;

  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t size = grad.shape.inner().size();
    for (std::int64_t row = 0; row < grad.shape[0]; ++row) {
      for (std::int64_t i = row * size; i < (row + 1) * size; ++i) {
        dx[static_cast<std::int64_t>(order[i]) * size + i - row * size] += grad[i];
      }
    }
  }
};

/// Exchanges a[i] and b[i] where upper[i] > lower[i]; nothing is where one is NaN.
void exchange(std::int64_t size, const real* upper, const real* lower, real* a, real* b) {
  for (std::int64_t i = 0; i < size; ++i) {
    const bool wrong = upper[i] > lower[i];
    const real first = wrong ? b[i] : a[i];
    b[i] = wrong ? a[i] : b[i];
    a[i] = first;
  }
}

/// Row after row is let sink to its place among those before it, so that equal values keep their
/// order. `order`, where it is wanted, goes along.
void sort(const Tensor& y, real* order) {
  const std::int64_t size = y.shape.inner().size();
  for (std::int64_t end = 1; end < y.shape[0]; ++end) {
    for (std::int64_t row = end; row > 0; --row) {
      real* upper = y.data + (row - 1) * size;
      real* lower = y.data + row * size;
      if (order != nullptr) {
        exchange(size, upper, lower, order + (row - 1) * size, order + row * size);
      }
      exchange(size, upper, lower, upper, lower);
    }
  }
}

}  // namespace

Var sort_rows(Var x) {
  if (x.shape().rank() < 1) fail("sort_rows", "x is a single number, expected rows");
  SortRows& node = x.tape().record<SortRows>("sort_rows", {x}, x.shape());
  std::ranges::copy(x.value().span(), node.value.data);
  real* order = nullptr;
  if (node.needs_grad) {
    order = x.tape().arena().allocate(x.shape()).data;
    const std::int64_t size = x.shape().inner().size();
    for (std::int64_t row = 0; row < x.shape()[0]; ++row) {
      std::fill_n(order + row * size, size, static_cast<real>(row));
    }
  }
  sort(node.value, order);
  node.order = order;
  return x.tape().last();
}

}  // namespace espalier
