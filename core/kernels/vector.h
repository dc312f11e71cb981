#pragma once

// Included by the per-instruction-set files only, as activation_functions.h is.

#include <cstddef>

#include "core/real.h"

namespace espalier {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t register_bytes = 64;
#elif defined(__AVX__)
constexpr std::size_t register_bytes = 32;
#else
constexpr std::size_t register_bytes = 16;
#endif

/// As many numbers as one register of this instruction set holds. The type may stand at any
/// address of an array of real.
using Vector __attribute__((vector_size(register_bytes), aligned(alignof(real)), may_alias)) = real;

constexpr std::size_t lanes = register_bytes / sizeof(real);

inline const Vector& vector_at(const real* x) {
  return *reinterpret_cast<const Vector*>(x);
}
inline Vector& vector_at(real* x) {
  return *reinterpret_cast<Vector*>(x);
}

}  // namespace
}  // namespace espalier
