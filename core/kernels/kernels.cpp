#include "core/kernels/kernels.h"

#include <array>

namespace espalier {

namespace baseline {
extern const KernelTable table;
}
#ifdef ESPALIER_X86
namespace avx2 {
extern const KernelTable table;
}
namespace avx512 {
extern const KernelTable table;
}
#endif

namespace {

struct Runnable {
  std::array<const KernelTable*, 3> tables{&baseline::table};
  std::size_t count = 1;

  Runnable() {
#ifdef ESPALIER_X86
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool has_avx512 =
        has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    if (has_avx2) tables[count++] = &avx2::table;
    if (has_avx512) tables[count++] = &avx512::table;
#endif
  }
};

const Runnable& runnable() {
  static const Runnable found;
  return found;
}

}  // namespace

const KernelTable& kernels() {
  return *runnable().tables[runnable().count - 1];
}

std::span<const KernelTable* const> runnable_kernels() {
  return {runnable().tables.data(), runnable().count};
}

}  // namespace espalier
