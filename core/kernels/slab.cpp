#include "core/kernels/variants.h"

// Sweeps over the slabs of all parameters.

namespace espalier::ESPALIER_INSTRUCTION_SET {

void zero_pruned(std::size_t n, const std::uint8_t* live, real* x) {
  for (std::size_t i = 0; i < n; ++i) x[i] = live[i] != 0 ? x[i] : real{0};
}

double sum_of_squares(std::size_t n, const real* x) {
  // Sums side by side: one alone would wait for itself at every step.
  constexpr std::size_t parts = 32;
  double sums[parts] = {};
  std::size_t i = 0;
  for (; i + parts <= n; i += parts) {
    for (std::size_t part = 0; part < parts; ++part) {
      const auto value = static_cast<double>(x[i + part]);
      sums[part] += value * value;
    }
  }
  double total = 0;
  for (; i < n; ++i) total += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
