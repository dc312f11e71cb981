#include "core/arena.h"

#include <algorithm>

namespace espalier {

namespace {
constexpr std::size_t first_block_bytes = std::size_t{1} << 20;
}

std::byte* Arena::allocate(std::size_t bytes) {
  bytes = (bytes + alignment - 1) / alignment * alignment;
  if (blocks_.empty() || used_ + bytes > blocks_.back().size()) {
    const std::size_t doubled = blocks_.empty() ? first_block_bytes : 2 * blocks_.back().size();
    retired_ += used_;
    used_ = 0;
    blocks_.emplace_back(std::max(bytes, doubled));
  }
  std::byte* memory = blocks_.back().data() + used_;
  used_ += bytes;
  high_water_ = std::max(high_water_, used_bytes());
  return memory;
}

Tensor Arena::allocate(const Shape& shape) {
  const std::size_t bytes = static_cast<std::size_t>(shape.size()) * sizeof(real);
  return {reinterpret_cast<real*>(allocate(bytes)), shape};
}

void Arena::reset() {
  if (blocks_.size() > 1) {
    blocks_.clear();
    blocks_.emplace_back(high_water_);
  }
  used_ = 0;
  retired_ = 0;
}

}  // namespace espalier
