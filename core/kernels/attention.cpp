#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

// Attention multiplies many small matrices, one per head and sample. Instead of one after the
// other, the samples of a batch go through together: the innermost loop runs over samples, which
// lie side by side in memory, so that short heads and few tokens still fill a vector register.

namespace espalier::ESPALIER_INSTRUCTION_SET {

namespace {

/// Samples whose sums are kept in registers together.
constexpr std::size_t group = 32;

/// to ← factor·Σ_k a[k·stride_a]·c[k·stride_c] + beta·to for `width` ≤ group samples.
template <bool whole>
inline void dot(std::size_t count, std::size_t width, real factor, const real* a,
                std::size_t stride_a, const real* c, std::size_t stride_c, real beta, real* to) {
  const std::size_t samples = whole ? group : width;
  real sum[group];
  for (std::size_t b = 0; b < group; ++b) sum[b] = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const real* left = a + k * stride_a;
    const real* right = c + k * stride_c;
    for (std::size_t b = 0; b < samples; ++b) sum[b] += left[b] * right[b];
  }
  if (beta == 0) {
    for (std::size_t b = 0; b < samples; ++b) to[b] = factor * sum[b];
  } else {
    for (std::size_t b = 0; b < samples; ++b) to[b] += factor * sum[b];
  }
}

inline void dot_of(std::size_t count, std::size_t width, real factor, const real* a,
                   std::size_t stride_a, const real* c, std::size_t stride_c, real beta, real* to) {
  if (width == group) {
    dot<true>(count, width, factor, a, stride_a, c, stride_c, beta, to);
  } else {
    dot<false>(count, width, factor, a, stride_a, c, stride_c, beta, to);
  }
}

// A single sample fills no register: its inner loops run over tokens. Each sum is added up in the
// order, and rounded as, it would be among other samples.

/// s[n][m] ← factor·Σ_features a[n]·c[m]
inline void compare_in_one(std::size_t features, std::size_t tokens, real factor,
                           const real* __restrict a, const real* __restrict c, real* __restrict s) {
  for (std::size_t n = 0; n < tokens; ++n) {
    real* row = s + n * tokens;
    for (std::size_t m = 0; m < tokens; ++m) row[m] = 0;
    for (std::size_t f = 0; f < features; ++f) {
      const real left = a[f * tokens + n];
      for (std::size_t m = 0; m < tokens; ++m) row[m] += left * c[f * tokens + m];
    }
    for (std::size_t m = 0; m < tokens; ++m) row[m] *= factor;
  }
}

/// out[n] ← factor·Σ_m s[n][m]·c[m] for each feature and the `width` ≤ lanes tokens from `begin`.
inline void mix_some_in_one(std::size_t features, std::size_t tokens, std::size_t begin,
                            std::size_t width, real factor, const real* s, std::size_t stride_n,
                            std::size_t stride_m, const real* c, real* out) {
  constexpr std::size_t block = 64;  // tokens m at a time: their part of s, transposed
  real part[block * lanes] = {};
  for (std::size_t first = 0; first < tokens; first += block) {
    const std::size_t count = tokens - first < block ? tokens - first : block;
    for (std::size_t i = 0; i < width; ++i) {
      const real* row = s + (begin + i) * stride_n + first * stride_m;
      for (std::size_t m = 0; m < count; ++m) part[m * lanes + i] = row[m * stride_m];
    }
    for (std::size_t f = 0; f < features; ++f) {
      real* to = out + f * tokens + begin;
      real before[lanes] = {};
      for (std::size_t i = 0; first > 0 && i < width; ++i) before[i] = to[i];
      Vector sum = vector_at(before);
      const real* from = c + f * tokens + first;
      for (std::size_t m = 0; m < count; ++m) {
        sum += (from[m] - Vector{}) * vector_at(part + m * lanes);
      }
      if (first + count == tokens) sum *= factor - Vector{};
      for (std::size_t i = 0; i < width; ++i) to[i] = sum[i];
    }
  }
}

}  // namespace

void compare_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                    const real* a, const real* c, real beta, real* s) {
  if (batch == 1 && beta == 0) return compare_in_one(features, tokens, factor, a, c, s);
  const std::size_t plane = tokens * batch;
  for (std::size_t begin = 0; begin < batch; begin += group) {
    const std::size_t width = batch - begin < group ? batch - begin : group;
    for (std::size_t n = 0; n < tokens; ++n) {
      for (std::size_t m = 0; m < tokens; ++m) {
        dot_of(features, width, factor, a + n * batch + begin, plane, c + m * batch + begin, plane,
               beta, s + n * plane + m * batch + begin);
      }
    }
  }
}

void mix_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                const real* s, std::size_t stride_n, std::size_t stride_m, const real* c, real beta,
                real* out) {
  if (batch == 1 && beta == 0) {
    for (std::size_t n = 0; n < tokens; n += lanes) {
      const std::size_t width = tokens - n < lanes ? tokens - n : lanes;
      mix_some_in_one(features, tokens, n, width, factor, s, stride_n, stride_m, c, out);
    }
    return;
  }
  const std::size_t plane = tokens * batch;
  for (std::size_t begin = 0; begin < batch; begin += group) {
    const std::size_t width = batch - begin < group ? batch - begin : group;
    for (std::size_t n = 0; n < tokens; ++n) {
      for (std::size_t f = 0; f < features; ++f) {
        dot_of(tokens, width, factor, s + n * stride_n + begin, stride_m, c + f * plane + begin,
               batch, beta, out + f * plane + n * batch + begin);
      }
    }
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
