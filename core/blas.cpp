#include "core/blas.h"

#include <cblas.h>

namespace espalier {

namespace {

constexpr CBLAS_TRANSPOSE flag(Transpose transpose) {
  return transpose == Transpose::yes ? CblasTrans : CblasNoTrans;
}

}  // namespace

void use_one_blas_thread() {
  [[maybe_unused]] static const bool pinned = [] {
    openblas_set_num_threads(1);
    return true;
  }();
}

void gemm(Transpose transpose_a, Transpose transpose_b, std::int64_t m, std::int64_t n,
          std::int64_t k, const real* a, const real* b, real beta, real* c) {
  use_one_blas_thread();
  const auto rows = static_cast<blasint>(m);
  const auto columns = static_cast<blasint>(n);
  const auto depth = static_cast<blasint>(k);
  const blasint stride_a = transpose_a == Transpose::yes ? rows : depth;
  const blasint stride_b = transpose_b == Transpose::yes ? depth : columns;
#ifdef ESPALIER_DOUBLE
  cblas_dgemm(CblasRowMajor, flag(transpose_a), flag(transpose_b), rows, columns, depth, 1.0, a,
              stride_a, b, stride_b, beta, c, columns);
#else
  cblas_sgemm(CblasRowMajor, flag(transpose_a), flag(transpose_b), rows, columns, depth, 1.0F, a,
              stride_a, b, stride_b, beta, c, columns);
#endif
}

std::string blas_description() {
  return std::string(openblas_get_config()) + " " + openblas_get_corename();
}

}  // namespace espalier
