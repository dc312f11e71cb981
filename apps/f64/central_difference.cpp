#include "apps/f64/central_difference.h"

#include <algorithm>
#include <cmath>

namespace espalier {

double CheckedDerivative::error() const {
  return std::abs(backward - difference) /
         std::max({1.0, std::abs(backward), std::abs(difference)});
}

double central_difference(real& x, const std::function<double()>& loss, double step) {
  const real kept = x;
  // ε^⅓ balances the error of the difference against rounding.
  const double h = step * 6e-6 * std::max(1.0, std::abs(kept));
  x = kept + h;
  const double above_at = x;
  const double above = loss();
  x = kept - h;
  const double below_at = x;
  const double below = loss();
  x = kept;
  return (above - below) / (above_at - below_at);
}

}  // namespace espalier
