#pragma once

#include <benchmark/benchmark.h>
#include <string>

#include "core/kernels/kernels.h"
#include "core/random.h"
#include "core/slab.h"

namespace espalier {

using Numbers = AlignedVector<real>;

// The sizes of a training step.
inline constexpr std::size_t batch = 64;
inline constexpr std::size_t units = 64;
inline constexpr std::size_t gates = 4 * units;
inline constexpr std::size_t state_size = units * batch;
inline constexpr std::size_t tokens = 10;
inline constexpr std::size_t heads = 4;
inline constexpr std::size_t head_features = 16;
inline constexpr std::size_t weight_count = 22'000;

inline Numbers numbers(std::size_t count, std::uint64_t seed = 1) {
  Numbers values(count);
  fill_uniform(RandomKey(seed), -1, 1, values);
  return values;
}

/// Registers a benchmark. `prepare` makes the operands and returns what is timed; `work` is what
/// one call does, in the unit that the report names.
template <typename Prepare>
void add(const std::string& name, const char* unit, std::size_t work, Prepare prepare) {
  benchmark::RegisterBenchmark(name.c_str(), [unit, work, prepare](benchmark::State& state) {
    auto run = prepare();
    for (auto _ : state) {
      run();
      benchmark::ClobberMemory();
    }
    state.counters[unit] = benchmark::Counter(static_cast<double>(work),
                                              benchmark::Counter::kIsIterationInvariantRate);
  });
}

inline std::string named(const char* kernel, const KernelTable& table) {
  return std::string(kernel) + "/" + table.instruction_set;
}

/// Registers the products with weights, whole and pruned.
void add_products();

}  // namespace espalier
