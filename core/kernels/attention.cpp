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

/// A single sample fills no register: its inner loops run over tokens. As compare_tokens.
inline void compare_in_one(std::size_t features, std::size_t tokens, real factor,
                           const real* __restrict a, const real* __restrict c, real beta,
                           real* __restrict s) {
  for (std::size_t n = 0; n < tokens; ++n) {
    real* row = s + n * tokens;
    if (beta == 0) {
      for (std::size_t m = 0; m < tokens; ++m) row[m] = 0;
    }
    for (std::size_t f = 0; f < features; ++f) {
      const real left = factor * a[f * tokens + n];
      for (std::size_t m = 0; m < tokens; ++m) row[m] += left * c[f * tokens + m];
    }
  }
}

/// Σ_m a[m]·c[m]
inline real contiguous_dot(std::size_t count, const real* a, const real* c) {
  Vector sums{};
  std::size_t m = 0;
  for (; m + lanes <= count; m += lanes) sums += vector_at(a + m) * vector_at(c + m);
  real sum = 0;
  for (std::size_t i = 0; i < lanes; ++i) sum += sums[i];
  for (; m < count; ++m) sum += a[m] * c[m];
  return sum;
}

/// The same for mix_tokens, of whose two strides one is 1.
inline void mix_in_one(std::size_t features, std::size_t tokens, real factor,
                       const real* __restrict s, std::size_t stride_n, std::size_t stride_m,
                       const real* __restrict c, real beta, real* __restrict out) {
  for (std::size_t f = 0; f < features; ++f) {
    const real* from = c + f * tokens;
    real* to = out + f * tokens;
    if (beta == 0) {
      for (std::size_t n = 0; n < tokens; ++n) to[n] = 0;
    }
    if (stride_m == 1) {
      for (std::size_t n = 0; n < tokens; ++n) {
        to[n] += factor * contiguous_dot(tokens, s + n * stride_n, from);
      }
      continue;
    }
    for (std::size_t m = 0; m < tokens; ++m) {
      const real left = factor * from[m];
      const real* row = s + m * stride_m;
      for (std::size_t n = 0; n < tokens; ++n) to[n] += left * row[n];
    }
  }
}

}  // namespace

void compare_tokens(std::size_t features, std::size_t tokens, std::size_t batch, real factor,
                    const real* a, const real* c, real beta, real* s) {
  if (batch == 1) return compare_in_one(features, tokens, factor, a, c, beta, s);
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
  if (batch == 1) {
    return mix_in_one(features, tokens, factor, s, stride_n, stride_m, c, beta, out);
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
