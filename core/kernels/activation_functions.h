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
inline real erfc_of(real x) {
  return __builtin_erfc(x);
}
inline real sqrt_of(real x) {
  return __builtin_sqrt(x);
}

#else

/// exp(x) = 2ⁿ·exp(r) with n = round(x/ln 2), |r| ≤ ln 2 / 2, and a degree-6 polynomial for exp(r)
/// (coefficients: Cephes expf). Branch-free, so that the compiler can vectorise it.
inline float exp_of(float x) {
  constexpr float log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F;
  constexpr float ln2_low = -2.12194440e-4F;
  constexpr float round_to_integer = 12582912.0F;  // 1.5·2²³: adding it drops the fraction
  const float clamped = x > 89.0F ? 89.0F : (x < -88.0F ? -88.0F : x);
  const float shifted = clamped * log2_e + round_to_integer;
  const float n = shifted - round_to_integer;
  const float r = (clamped - n * ln2_high) - n * ln2_low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * r) * r + r + 1.0F;
  // 2ⁿ in two factors: n reaches 128, one more than an exponent field can hold.
  const int exponent = __builtin_bit_cast(int, shifted) - __builtin_bit_cast(int, round_to_integer);
  const int half = exponent >> 1;
  const float scale1 = __builtin_bit_cast(float, (half + 127) << 23);
  const float scale2 = __builtin_bit_cast(float, (exponent - half + 127) << 23);
  const float y = p * scale1 * scale2;
  return x < -87.33655F ? 0.0F : y;
}

/// tanh(x) = x + x³·P(x²) near 0 (coefficients: Cephes tanhf), else ±(1 − 2/(exp(2|x|)+1)).
inline float tanh_of(float x) {
  const float z = x * x;
  float p = -5.70498872745e-3F;
  p = p * z + 2.06390887954e-2F;
  p = p * z - 5.37397155531e-2F;
  p = p * z + 1.33314422036e-1F;
  p = p * z - 3.33332819422e-1F;
  const float near_zero = p * z * x + x;
  const float magnitude = __builtin_fabsf(x);
  const float far = 1.0F - 2.0F / (exp_of(2.0F * magnitude) + 1.0F);
  return __builtin_copysignf(magnitude < 0.625F ? near_zero : far, x);  // −0 stays −0
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

inline float sqrt_of(float x) {
  return __builtin_sqrtf(x);
}

#endif

inline real sigmoid_of(real x) {
  return real{1} / (real{1} + exp_of(-x));
}

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
