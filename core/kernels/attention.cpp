#include "core/kernels/variants.h"

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

}  // namespace

void compare_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                    const real* a, const real* c, real beta, real* s) {
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
