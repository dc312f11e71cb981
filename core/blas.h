#pragma once

#include <cstdint>
#include <string>

#include "core/real.h"

namespace espalier {

enum class Transpose { no, yes };

/// C ← op(A)·op(B) + beta·C with op(A) [m,k], op(B) [k,n] and C [m,n], all contiguous row-major.
/// Runs on the calling thread alone: at our sizes more threads only slow a product down. (The first
/// call tells OpenBLAS so, for the whole process.)
void gemm(Transpose transpose_a, Transpose transpose_b, std::int64_t m, std::int64_t n,
          std::int64_t k, const real* a, const real* b, real beta, real* c);

/// Makes OpenBLAS run on its caller's thread alone, for the whole process: sums in one order,
/// whatever the machine. `gemm` calls it; so must others before they use OpenBLAS.
void use_one_blas_thread();

/// Version and kernels of the OpenBLAS in use, e.g. "OpenBLAS 0.3.21 … Zen".
std::string blas_description();

}  // namespace espalier
