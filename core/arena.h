#pragma once

#include <cstddef>
#include <vector>

#include "core/slab.h"
#include "core/tensor.h"

namespace espalier {

/// Bump allocator for everything that lives as long as one training step. `reset` frees it all at
/// once and keeps the memory, as one block from then on: after two steps none touches the heap.
class Arena {
 public:
  static constexpr std::size_t alignment = 64;

  /// `bytes` of uninitialised memory, 64-byte aligned, valid until `reset`.
  std::byte* allocate(std::size_t bytes);
  /// A tensor with uninitialised elements.
  Tensor allocate(const Shape& shape);

  /// Forgets everything allocated. Several blocks are merged into one that holds them all.
  void reset();

  std::size_t used_bytes() const { return retired_ + used_; }
  /// Largest `used_bytes` seen.
  std::size_t high_water() const { return high_water_; }

 private:
  std::vector<AlignedVector<std::byte>> blocks_;
  std::size_t used_ = 0;     // bytes of the last block
  std::size_t retired_ = 0;  // bytes of the blocks before it
  std::size_t high_water_ = 0;
};

}  // namespace espalier
