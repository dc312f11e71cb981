#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Philox4x32-10 (Salmon et al., SC 2011), as core/random.cpp has it for single numbers, for several
// counters side by side: each word in the lower half of a 64-bit lane, where its product has room.
// What is above a word is never looked at.

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

using Words __attribute__((vector_size(register_bytes))) = std::uint64_t;
constexpr std::size_t words = register_bytes / sizeof(std::uint64_t);

/// The 64-bit products of the lower halves.
inline Words multiply(Words a, std::uint64_t factor) {
  const Words b = factor - Words{};
#if defined(__AVX512F__)
  return reinterpret_cast<Words>(
      _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Words>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return (a & 0xFFFFFFFF) * b;
#endif
}

/// Counters whose numbers make up one group: 8 sixteen-bit numbers each, those of the first two
/// words of all counters before those of the last two.
constexpr std::size_t counters = 8;
constexpr std::size_t group = 8 * counters;

inline void draw_group(std::uint64_t first, std::uint64_t key, std::uint16_t* numbers) {
  constexpr std::size_t count = counters / words;
  Words a[count] = {};
  Words b[count] = {};
  Words c[count] = {};
  Words d[count] = {};
  for (std::size_t v = 0; v < count; ++v) {
    for (std::size_t i = 0; i < words; ++i) a[v][i] = first + v * words + i;
    b[v] = a[v] >> 32;
  }
  std::uint64_t key0 = key & 0xFFFFFFFF;
  std::uint64_t key1 = key >> 32;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t v = 0; v < count; ++v) {
      const Words product0 = multiply(a[v], 0xD2511F53);
      const Words product1 = multiply(c[v], 0xCD9E8D57);
      a[v] = (product1 >> 32) ^ b[v] ^ key0;
      b[v] = product1;
      c[v] = (product0 >> 32) ^ d[v] ^ key1;
      d[v] = product0;
    }
    key0 = (key0 + 0x9E3779B9) & 0xFFFFFFFF;
    key1 = (key1 + 0xBB67AE85) & 0xFFFFFFFF;
  }
  for (std::size_t v = 0; v < count; ++v) {
    const Words front = (a[v] & 0xFFFFFFFF) | b[v] << 32;
    const Words back = (c[v] & 0xFFFFFFFF) | d[v] << 32;
    __builtin_memcpy(numbers + 4 * words * v, &front, sizeof(Words));
    __builtin_memcpy(numbers + group / 2 + 4 * words * v, &back, sizeof(Words));
  }
}

}  // namespace

void keep_mask(std::uint64_t key, std::uint32_t drop_below, std::size_t n, std::uint8_t* keep) {
  std::uint16_t numbers[group];
  for (std::size_t i = 0; i < n; i += group) {
    draw_group(i / group * counters, key, numbers);
    const std::size_t count = n - i < group ? n - i : group;
    if (count == group) {
      for (std::size_t j = 0; j < group; ++j) keep[i + j] = numbers[j] >= drop_below ? 1 : 0;
    } else {
      for (std::size_t j = 0; j < count; ++j) keep[i + j] = numbers[j] >= drop_below ? 1 : 0;
    }
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
