#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void row_sums(std::size_t rows, std::size_t columns, const real* x, real* sums) {
  for (std::size_t r = 0; r < rows; ++r) {
    const real* row = x + r * columns;
    Vector sum{};
    std::size_t c = 0;
    for (; c + lanes <= columns; c += lanes) sum += vector_at(row + c);
    real total = 0;
    for (; c < columns; ++c) total += row[c];
    for (std::size_t lane = 0; lane < lanes; ++lane) total += sum[lane];
    sums[r] += total;
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
