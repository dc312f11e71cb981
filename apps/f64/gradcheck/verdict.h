#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/f64/central_difference.h"

namespace espalier {

/// Numbers that a loss depends on, and what backward says of each.
struct Differentiated {
  std::string name;
  std::span<real> values;
  std::vector<real> gradient;
};

/// The central differences of `loss`, a function of all these numbers, one after the other.
std::vector<double> differences(std::span<const Differentiated> all,
                                const std::function<double()>& loss);

/// What a comparison of many derivatives came to.
struct Verdict {
  std::int64_t derivatives = 0;
  /// The one with the largest error; a NaN is the largest.
  CheckedDerivative worst;
  /// Which that is: "weight[7]".
  std::string where;
  /// Every difference is zero: the comparison proves nothing.
  bool vacuous = true;

  bool ok() const;
  /// Empty if all is right, else what is wrong, in one line.
  std::string problem() const;
};

/// Compares every gradient with its difference, as `differences` returned them.
Verdict compare_gradients(std::span<const Differentiated> all, std::span<const double> differences);

}  // namespace espalier
