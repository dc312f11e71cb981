#include "core/weight_products.h"

#include <algorithm>

#include "core/blas.h"
#include "core/live_weights.h"

namespace espalier {

namespace {

real* allocate(Var weight, std::size_t count) {
  return weight.tape().arena().allocate(Shape{static_cast<std::int64_t>(count)}).data;
}

}  // namespace

WeightProduct::WeightProduct(Var weight) : weight_(weight.node()) {
  if (weight_.live == nullptr || weight_.live->count() == 0) return;
  packed_ = allocate(weight, weight_.live->count());
  weight_.live->pack_rows(weight_.value.data, packed_);
}

void WeightProduct::add(const real* x, std::int64_t n, real* y) const {
  if (weight_.live != nullptr) {
    kernels().sparse_multiply(weight_.live->by_rows(), packed_, static_cast<std::size_t>(n), x, y);
    return;
  }
  const Shape& shape = weight_.value.shape;
  gemm(Transpose::no, Transpose::no, shape[0], n, shape[1], weight_.value.data, x, 1, y);
}

WeightGradient::WeightGradient(Var weight) : weight_(weight) {
  const LiveWeights* live = weight.node().live;
  if (live == nullptr || live->count() == 0) return;
  packed_ = allocate(weight, live->count());
  live->pack_columns(weight.value().data, packed_);
  if (!weight.needs_grad() || weight.node().pruned_gradients) return;
  const std::size_t parts = live->count() * kernels().lanes;
  sums_ = allocate(weight, parts);
  std::fill_n(sums_, parts, real{0});
}

void WeightGradient::propagate(const real* dy, std::int64_t n, real* dx) {
  const Node& weight = weight_.node();
  if (weight.live != nullptr) {
    kernels().sparse_multiply(weight.live->by_columns(), packed_, static_cast<std::size_t>(n), dy,
                              dx);
    return;
  }
  const Shape& shape = weight.value.shape;
  gemm(Transpose::yes, Transpose::no, shape[1], n, shape[0], weight.value.data, dy, 1, dx);
}

void WeightGradient::collect(const real* dy, const real* x, std::int64_t n) {
  const Node& weight = weight_.node();
  if (!weight.needs_grad) return;
  if (weight.live != nullptr && !weight.pruned_gradients) {
    kernels().sparse_collect(weight.live->by_rows(), static_cast<std::size_t>(n), dy, x, sums_);
    return;
  }
  const Shape& shape = weight.value.shape;
  gemm(Transpose::no, Transpose::yes, shape[0], shape[1], n, dy, x, 1, weight_.grad().data);
}

void WeightGradient::finish() const {
  if (sums_ == nullptr) return;
  const LiveWeights& live = *weight_.node().live;
  real* totals = allocate(weight_, live.count());
  kernels().sum_lanes(live.count(), sums_, totals);
  live.add_rows(totals, weight_.grad().data);
}

}  // namespace espalier
