#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/real.h"

namespace espalier {

/// Philox4x32-10 (Salmon et al. 2011): four random words that are a pure function of a counter and
/// a key. There is no generator whose state could depend on who drew before.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// Names one stream of random numbers. Derive a key for every purpose, so that adding a consumer
/// changes no other's numbers.
class RandomKey {
 public:
  explicit RandomKey(std::uint64_t seed) : value_(seed) {}

  RandomKey derive(std::uint64_t tag) const;
  RandomKey derive(std::string_view purpose) const;

  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

/// Draws one after the other from the stream of a key.
class RandomStream {
 public:
  explicit RandomStream(RandomKey key) : key_(key) {}

  std::uint32_t word();
  /// Uniform in [0, 1), 53 random bits.
  double uniform();
  /// Uniform in {0, …, bound − 1}, without bias; bound ≥ 1.
  std::uint64_t below(std::uint64_t bound);

 private:
  RandomKey key_;
  std::uint64_t position_ = 0;
  std::array<std::uint32_t, 4> words_{};
};

/// values[i] uniform in [low, high), drawn in double; rounding to float may reach high.
void fill_uniform(RandomKey key, double low, double high, std::span<real> values);

/// values[i] from N(0, 1), by the transform of Box & Muller (1958).
void fill_normal(RandomKey key, std::span<real> values);

/// keep[i] = 1 with probability 1 − rate, else 0, each independently; rate to 16 bits.
void fill_keep_mask(RandomKey key, double rate, std::span<std::uint8_t> keep);

/// Random order (Fisher–Yates).
void shuffle(RandomKey key, std::span<std::size_t> items);

}  // namespace espalier
