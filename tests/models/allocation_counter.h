#pragma once

namespace espalier::test {

/// How often this program has taken memory from the heap: in any way, on any thread.
long allocations_so_far();

/// How often `action` does.
template <typename Action>
long allocations_of(Action action) {
  const long before = allocations_so_far();
  action();
  return allocations_so_far() - before;
}

}  // namespace espalier::test
