#include "core/tensor.h"

#include <algorithm>

#include "core/error.h"

namespace espalier {

Shape::Shape(std::initializer_list<std::int64_t> sizes)
    : Shape(std::span(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  if (sizes.size() > max_rank) {
    throw Error("[shape] " + std::to_string(sizes.size()) + " axes given, at most 4 are possible");
  }
  std::ranges::copy(sizes, sizes_.begin());
  if (std::ranges::any_of(sizes, [](std::int64_t size) { return size < 1; })) {
    throw Error("[shape] every axis of " + text() + " must have size 1 or more");
  }
}

std::int64_t Shape::size() const {
  std::int64_t product = 1;
  for (int axis = 0; axis < rank_; ++axis) product *= (*this)[axis];
  return product;
}

Shape Shape::inner() const {
  Shape shape;
  shape.rank_ = rank_ - 1;
  std::copy(sizes_.begin() + 1, sizes_.begin() + rank_, shape.sizes_.begin());
  return shape;
}

Shape Shape::prepend(std::int64_t size) const {
  std::array<std::int64_t, max_rank + 1> sizes{size};
  std::copy_n(sizes_.begin(), rank_, sizes.begin() + 1);
  return Shape(std::span(sizes).first(static_cast<std::size_t>(rank_) + 1));
}

std::string Shape::text() const {
  std::string text = "(";
  for (int axis = 0; axis < rank_; ++axis) {
    if (axis > 0) text += ",";
    text += std::to_string((*this)[axis]);
  }
  return text + ")";
}

Tensor Tensor::slice(std::int64_t i) const {
  const Shape inner = shape.inner();
  return {data + i * inner.size(), inner};
}

}  // namespace espalier
