#include "core/weight_products.h"

#include <algorithm>
#include <utility>

#include "core/blas.h"
#include "core/live_weights.h"
#include "core/ops/rows.h"

namespace espalier {

namespace {

/// For the gradient of a weight both operands are as wide as the batch, the one that is transposed
/// included.
constexpr std::size_t most_columns_to_transpose = 128;

real* allocate(Var weight, std::size_t count) {
  return weight.tape().arena().allocate(Shape{static_cast<std::int64_t>(count)}).data;
}

/// nullptr for none.
real* zeros(Var weight, std::size_t count) {
  if (count == 0) return nullptr;
  real* const memory = allocate(weight, count);
  std::fill_n(memory, count, real{0});
  return memory;
}

}  // namespace

WeightExtent::WeightExtent(const Node& weight)
    : out(static_cast<std::size_t>(weight.value.shape[0])),
      in(static_cast<std::size_t>(weight.value.shape[1])) {}

void WeightProduct::multiply(const real* x, std::int64_t n, const real* bias, real* y) {
  const Node& weight = weight_.node();
  const WeightExtent size(weight);
  const auto columns = static_cast<std::size_t>(n);
  // A BLAS rounds a column differently in company than alone. Without one, a forecast is the same
  // to the bit whatever other windows share its batch.
  const bool forecasting = weight_.tape().mode() == Tape::Mode::inference;
  if (weight.live != nullptr) {
    if (packed_ == nullptr && weight.live->count() > 0) {
      packed_ = allocate(weight_, weight.live->count());
      weight.live->pack_rows(weight.value.data, packed_);
    }
    kernels().sparse_multiply(weight.live->by_rows(), packed_, columns, x, bias, y);
  } else if (forecasting && n == 1) {
    multiply_column(size, x, bias, y);
  } else if (forecasting || size.is_small_for(columns)) {
    kernels().dense_multiply(size.out, size.in, columns, weight.value.data, x, bias, y);
  } else {
    const Shape& shape = weight.value.shape;
    if (bias != nullptr) fill_rows(bias, shape[0], n, y);
    gemm(Transpose::no, Transpose::no, shape[0], n, shape[1], weight.value.data, x, 1, y);
  }
}

void WeightProduct::multiply_column(const WeightExtent& size, const real* x, const real* bias,
                                    real* y) {
  const real* const w = weight_.node().value.data;
  // One product alone is over before Wᵀ is made.
  if (!std::exchange(had_column_, true)) {
    kernels().dense_multiply(size.out, size.in, 1, w, x, bias, y);
    return;
  }
  if (transposed_ == nullptr) {
    transposed_ = allocate(weight_, size.out * size.in);
    kernels().transpose(size.out, size.in, w, size.out, transposed_);
  }
  if (bias != nullptr) std::copy_n(bias, size.out, y);
  kernels().dense_multiply(1, size.in, size.out, x, transposed_, nullptr, y);
}

void WeightProduct::set(const real* x, std::int64_t n, const real* bias, real* y) {
  multiply(x, n, bias, y);
}

void WeightProduct::add(const real* x, std::int64_t n, real* y) {
  multiply(x, n, nullptr, y);
}

WeightGradient::WeightGradient(Var weight) : weight_(weight), size_(weight.node()) {
  skips_pruned_ = weight.node().live != nullptr && !weight.node().pruned_gradients;
  const std::size_t lanes = kernels().lanes;
  padded_in_ = (size_.in + lanes - 1) / lanes * lanes;
}

void WeightGradient::propagate(const real* dy, std::int64_t n, real* dx) {
  const Node& weight = weight_.node();
  const auto columns = static_cast<std::size_t>(n);
  if (weight.live != nullptr) {
    if (packed_ == nullptr && weight.live->count() > 0) {
      packed_ = allocate(weight_, weight.live->count());
      weight.live->pack_columns(weight.value.data, packed_);
    }
    kernels().sparse_multiply(weight.live->by_columns(), packed_, columns, dy, nullptr, dx);
  } else if (size_.is_small_for(columns)) {
    kernels().dense_multiply_transposed(size_.in, size_.out, columns, weight.value.data, dy, dx);
  } else {
    const Shape& shape = weight.value.shape;
    gemm(Transpose::yes, Transpose::no, shape[1], n, shape[0], weight.value.data, dy, 1, dx);
  }
}

void WeightGradient::collect(const real* dy, const real* x, std::int64_t n) {
  if (!weight_.needs_grad()) return;
  const auto columns = static_cast<std::size_t>(n);
  if (skips_pruned_) {
    const LiveWeights& live = *weight_.node().live;
    if (sums_ == nullptr) sums_ = zeros(weight_, live.count() * kernels().lanes);
    kernels().sparse_collect(live.by_rows(), columns, dy, x, sums_);
    return;
  }
  if (!size_.is_small_for(columns) || columns > most_columns_to_transpose) {
    const Shape& shape = weight_.shape();
    gemm(Transpose::no, Transpose::yes, shape[0], shape[1], n, dy, x, 1, weight_.grad().data);
    return;
  }
  const std::size_t needed = columns * padded_in_;
  if (transposed_size_ < needed) {
    transposed_ = zeros(weight_, needed);
    transposed_size_ = needed;
  }
  if (sums_ == nullptr) sums_ = zeros(weight_, size_.out * padded_in_);
  kernels().transpose(size_.in, columns, x, padded_in_, transposed_);
  kernels().dense_multiply(size_.out, columns, padded_in_, dy, transposed_, nullptr, sums_);
}

void WeightGradient::finish() const {
  if (sums_ == nullptr) return;
  real* const grad = weight_.grad().data;
  if (skips_pruned_) {
    const LiveWeights& live = *weight_.node().live;
    real* totals = allocate(weight_, live.count());
    kernels().sum_lanes(live.count(), sums_, totals);
    live.add_rows(totals, grad);
    return;
  }
  for (std::size_t r = 0; r < size_.out; ++r) {
    for (std::size_t c = 0; c < size_.in; ++c) {
      grad[r * size_.in + c] += sums_[r * padded_in_ + c];
    }
  }
}

}  // namespace espalier
