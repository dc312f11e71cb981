#include "core/tensor.h"

#include <algorithm>

#include "core/error.h"

namespace espalier {

Shape::Shape(std::initializer_list<std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  if (sizes.size() > max_rank) {
    throw Error("[shape] " + std::to_string(sizes.size()) + " axes given, at most 4 are possible");
  }
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
  if (std::any_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size < 1; })) {
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
