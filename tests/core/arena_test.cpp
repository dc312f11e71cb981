#include "core/arena.h"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace espalier::test {

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

bool aligned(const void* memory) {
  return reinterpret_cast<std::uintptr_t>(memory) % Arena::alignment == 0;
}

}  // namespace

TEST_CASE("memory from an arena is aligned to cache lines and does not overlap") {
  Arena arena;
  std::byte* end = nullptr;
  for (const std::size_t bytes : {1U, 64U, 65U, 3U, 128U, 7U}) {
    std::byte* memory = arena.allocate(bytes);
    CHECK(aligned(memory));
    CHECK((end == nullptr || memory >= end));
    end = memory + bytes;
  }
  CHECK(arena.used_bytes() == 64 + 64 + 128 + 64 + 128 + 64);
  CHECK(aligned(arena.allocate(Shape{3, 5}).data));
}

TEST_CASE("an arena grows without moving what it handed out") {
  Arena arena;
  std::vector<Tensor> tensors;
  for (int i = 0; i < 40; ++i) {
    tensors.push_back(arena.allocate(Shape{100, 500}));
    for (real& element : tensors.back().span()) element = static_cast<real>(i);
  }
  bool intact = true;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    for (const real element : tensors[i].span()) intact = intact && element == static_cast<real>(i);
  }
  CHECK(intact);
  CHECK(arena.used_bytes() >= 40 * 100 * 500 * sizeof(real));
}

TEST_CASE("a single request larger than any block is served") {
  Arena arena;
  arena.allocate(10);
  std::byte* memory = arena.allocate(20 * megabyte);
  memory[20 * megabyte - 1] = std::byte{1};
  CHECK(aligned(memory));
  CHECK(arena.used_bytes() == 64 + 20 * megabyte);
}

TEST_CASE("reset forgets everything and remembers the high water") {
  Arena arena;
  arena.allocate(1000);
  arena.allocate(3 * megabyte);
  const std::size_t most = arena.used_bytes();
  arena.reset();
  CHECK(arena.used_bytes() == 0);
  CHECK(arena.high_water() == most);
  arena.allocate(100);
  CHECK(arena.used_bytes() == 128);
  CHECK(arena.high_water() == most);
}

TEST_CASE("reset merges blocks, so that the same step then fits into one") {
  Arena arena;
  const auto step = [&] {
    std::vector<std::byte*> memory;
    for (int i = 0; i < 5; ++i) memory.push_back(arena.allocate(megabyte));
    return memory;
  };
  const auto neighbours = [](const std::vector<std::byte*>& memory) {
    for (std::size_t i = 1; i < memory.size(); ++i) {
      if (memory[i] != memory[i - 1] + megabyte) return false;
    }
    return true;
  };
  CHECK(!neighbours(step()));  // several blocks
  arena.reset();
  const auto second = step();
  CHECK(neighbours(second));
  arena.reset();
  CHECK(step() == second);
  CHECK(arena.high_water() == 5 * megabyte);
}

TEST_CASE("an arena does not grow when a step repeats") {
  Arena arena;
  std::byte* first = nullptr;
  for (int repetition = 0; repetition < 100; ++repetition) {
    std::byte* memory = arena.allocate(700'000);
    arena.allocate(300'000);
    arena.allocate(900'000);
    if (repetition == 1) first = memory;
    if (repetition > 1) CHECK(memory == first);
    arena.reset();
  }
  CHECK(arena.high_water() == 700'032 + 300'032 + 900'032);
}

}  // namespace espalier::test
