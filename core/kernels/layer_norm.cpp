#include "core/kernels/activation_functions.h"
#include "core/kernels/variants.h"

namespace espalier::ESPALIER_INSTRUCTION_SET {

void layer_norm(std::size_t rows, std::size_t columns, const real* x, const real* gain,
                const real* bias, real epsilon, real* normalised, real* inverse_deviation,
                real* y) {
  const real share = real{1} / static_cast<real>(rows);
  // The first row of y serves as room for the means until the last pass fills it.
  real* mean = y;
  real* __restrict scale = inverse_deviation;
  for (std::size_t c = 0; c < columns; ++c) mean[c] = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const real* from = x + r * columns;
    for (std::size_t c = 0; c < columns; ++c) mean[c] += share * from[c];
  }
  for (std::size_t c = 0; c < columns; ++c) scale[c] = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const real* from = x + r * columns;
    real* __restrict centred = normalised + r * columns;
    for (std::size_t c = 0; c < columns; ++c) {
      centred[c] = from[c] - mean[c];
      scale[c] += share * centred[c] * centred[c];
    }
  }
  for (std::size_t c = 0; c < columns; ++c) scale[c] = 1 / sqrt_of(scale[c] + epsilon);
  for (std::size_t r = 0; r < rows; ++r) {
    real* __restrict row = normalised + r * columns;
    real* __restrict to = y + r * columns;
    for (std::size_t c = 0; c < columns; ++c) {
      row[c] *= scale[c];
      to[c] = gain[r] * row[c] + bias[r];
    }
  }
}

void layer_norm_backward(std::size_t rows, std::size_t columns, const real* normalised,
                         const real* inverse_deviation, const real* gain, const real* dy,
                         real* sums, real* dx) {
  const real share = real{1} / static_cast<real>(rows);
  real* __restrict mean = sums;
  real* __restrict along = sums + columns;
  for (std::size_t c = 0; c < 2 * columns; ++c) sums[c] = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * columns;
    const real factor = share * gain[r];
    for (std::size_t c = 0; c < columns; ++c) {
      mean[c] += factor * dy[at + c];
      along[c] += factor * dy[at + c] * normalised[at + c];
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * columns;
    real* __restrict to = dx + at;
    for (std::size_t c = 0; c < columns; ++c) {
      to[c] +=
          (gain[r] * dy[at + c] - mean[c] - normalised[at + c] * along[c]) * inverse_deviation[c];
    }
  }
}

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
