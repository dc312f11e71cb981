#pragma once

// Included by the per-instruction-set files only. Everything is in an unnamed namespace and takes
// no standard-library templates, so that no code compiled for a wide instruction set can end up
// serving callers built for a plain one.

#include "core/real.h"

namespace espalier {
namespace {

#ifdef ESPALIER_DOUBLE

inline real exp_of(real x) {
  return __builtin_exp(x);
}
inline real tanh_of(real x) {
  return __builtin_tanh(x);
}
inline real sigmoid_of(real x) {
  return 1 / (1 + __builtin_exp(-x));
}
inline real erfc_of(real x) {
  return __builtin_erfc(x);
}
inline real sqrt_of(real x) {
  return __builtin_sqrt(x);
}

#else

/// exp(x) = 2ⁿ·exp(r) with n = round(x/ln 2), |r| ≤ ln 2 / 2, and a degree-6 polynomial for exp(r)
/// (coefficients: Cephes expf). Branch-free, so that the compiler can vectorise it.
struct ExpParts {
  float power;  // exp(r)
  int n;
};

inline ExpParts exp_parts(float x) {
  constexpr float log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F;
  constexpr float ln2_low = -2.12194440e-4F;
  constexpr float round_to_integer = 12582912.0F;  // 1.5·2²³: adding it drops the fraction
  const float shifted = x * log2_e + round_to_integer;
  const float n = shifted - round_to_integer;
  const float r = (x - n * ln2_high) - n * ln2_low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * r) * r + r + 1.0F;
  return {p, __builtin_bit_cast(int, shifted) - __builtin_bit_cast(int, round_to_integer)};
}

inline float exp_of(float x) {
  const auto [power, n] = exp_parts(x > 89.0F ? 89.0F : (x < -88.0F ? -88.0F : x));
  // 2ⁿ in two factors: n reaches 128, one more than an exponent field can hold.
  const int half = n >> 1;
  const float scale1 = __builtin_bit_cast(float, (half + 127) << 23);
  const float scale2 = __builtin_bit_cast(float, (n - half + 127) << 23);
  const float y = power * scale1 * scale2;
  return x < -87.33655F ? 0.0F : y;
}

/// tanh(x) = x·P(x²)/Q(x²) with polynomials of degree 4 for |x| ≤ 8.2, fitted by least squares,
/// reweighted until the error was level; among the floats around those coefficients the ones were
/// then searched whose own rounding does least harm, with fused multiply-add and without. Beyond
/// 8.2, ±1 is off by 1.5e-7 at most.
inline float tanh_of(float x) {
  const float z = x * x;
  float p = 1.484066292e-8F;
  p = p * z + 2.163730460e-5F;
  p = p * z + 3.556690644e-3F;
  p = p * z + 1.343212426e-1F;
  p = p * z + 1.0F;
  float q = 8.370622595e-7F;
  q = q * z + 3.386446624e-4F;
  q = q * z + 2.610831149e-2F;
  q = q * z + 4.676544964e-1F;
  q = q * z + 1.0F;
  float y = x * p / q;
  y = y > 1.0F ? 1.0F : (y < -1.0F ? -1.0F : y);  // rounding may step over
  return x > 8.2F ? 1.0F : (x < -8.2F ? -1.0F : y);
}

/// erfc(x) = t·P(t)·exp(−x²) with t = 1/(1 + 0.3275911·x) for x ≥ 0 (Abramowitz & Stegun 7.1.26,
/// absolute error below 1.5e-7), and 2 − erfc(−x) below 0.
inline float erfc_of(float x) {
  const float magnitude = __builtin_fabsf(x);
  const float t = 1.0F / (1.0F + 0.3275911F * magnitude);
  float p = 1.061405429F;
  p = p * t - 1.453152027F;
  p = p * t + 1.421413741F;
  p = p * t - 0.284496736F;
  p = p * t + 0.254829592F;
  const float upper = p * t * exp_of(-magnitude * magnitude);
  return x < 0 ? 2.0F - upper : upper;
}

/// 1/(1 + exp(−x)); below −87.3 it stays at exp(−87.3), about as small as a float can be.
inline float sigmoid_of(float x) {
  const auto [power, n] = exp_parts(-(x > 87.3F ? 87.3F : (x < -87.3F ? -87.3F : x)));
  return 1.0F / (1.0F + power * __builtin_bit_cast(float, (n + 127) << 23));
}

inline float sqrt_of(float x) {
  return __builtin_sqrtf(x);
}

#endif

/// Φ(x), the normal distribution function.
inline real normal_distribution_of(real x) {
  return real{0.5} * erfc_of(x * static_cast<real>(-0.70710678118654752));
}

/// φ(x) = exp(−x²/2)/√(2π), its density.
inline real normal_density_of(real x) {
  return static_cast<real>(0.39894228040143268) * exp_of(real{-0.5} * x * x);
}

}  // namespace
}  // namespace espalier
