#include "apps/backtest/fold_result.h"

#include <cmath>

namespace espalier {

Scores pooled(std::span<const Scores> parts) {
  Scores sum{.windows = 0};
  double squares = 0;
  for (const Scores& part : parts) {
    const auto weight = static_cast<double>(part.windows);
    sum.windows += part.windows;
    sum.mae += weight * part.mae;
    squares += weight * part.rmse * part.rmse;
    sum.scaled_mae += weight * part.scaled_mae;
    sum.scaled_mse += weight * part.scaled_mse;
  }
  const auto count = static_cast<double>(sum.windows);
  return {.windows = sum.windows,
          .mae = sum.mae / count,
          .rmse = std::sqrt(squares / count),
          .scaled_mae = sum.scaled_mae / count,
          .scaled_mse = sum.scaled_mse / count};
}

}  // namespace espalier
