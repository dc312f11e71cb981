#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "core/real.h"

namespace espalier {

/// Sizes of up to four axes, outermost first.
class Shape {
 public:
  static constexpr int max_rank = 4;

  Shape() = default;
  /// Throws Error for more than four axes or a size below 1.
  Shape(std::initializer_list<std::int64_t> sizes);
  explicit Shape(std::span<const std::int64_t> sizes);

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  /// Number of elements; 1 for rank 0.
  std::int64_t size() const;
  /// This shape without its outermost axis; rank 1 or more.
  Shape inner() const;
  /// This shape with one more axis around it. Throws Error as the constructor does.
  Shape prepend(std::int64_t size) const;
  /// "(60,64,16)", as error messages show it.
  std::string text() const;

  bool operator==(const Shape&) const = default;

 private:
  std::array<std::int64_t, max_rank> sizes_{};
  int rank_ = 0;
};

/// A contiguous row-major array of `real` that somebody else owns: the arena of a tape
/// (activations), a slab of Parameters (weights, gradients) or the caller (data). Copying a Tensor
/// copies the handle, not the numbers.
///
/// Activations are feature-major, as in the textbook's y = W x + b: one sample per column. A batch
/// of vectors is [features, batch], a batch of sequences [time, features, batch].
struct Tensor {
  real* data = nullptr;
  Shape shape;

  std::int64_t size() const { return shape.size(); }
  bool empty() const { return data == nullptr; }
  std::span<real> span() const { return {data, static_cast<std::size_t>(size())}; }
  real& operator[](std::int64_t i) const { return data[i]; }
  /// The i-th slice along the outermost axis (unchecked), e.g. one time step of a sequence.
  Tensor slice(std::int64_t i) const;
};

}  // namespace espalier
