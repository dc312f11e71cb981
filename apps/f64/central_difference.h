#pragma once

#include <functional>

#include "core/real.h"

namespace espalier {

static_assert(sizeof(real) == sizeof(double), "central differences prove nothing in float");

/// What backward says of one derivative, and what differences say.
struct CheckedDerivative {
  double backward = 0;
  double difference = 0;

  /// |backward − difference| / max(1, |backward|, |difference|)
  double error() const;
};

/// An error below this is rounding: central differences in double are good to about 1e-9.
constexpr double gradient_tolerance = 1e-7;

/// (loss(x + h) − loss(x − h)) / 2h, with `x` put back afterwards. `loss` computes it from x where
/// it stands. h is `step` times what suits a smooth function.
double central_difference(real& x, const std::function<double()>& loss, double step = 1);

}  // namespace espalier
