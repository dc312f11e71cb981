#pragma once

#include "tests/gradients/gradient_check.h"

namespace espalier::test {

using Vars = std::span<const Var>;

/// How closely a fused op and its twin of basic ops agree.
constexpr double twin_tolerance = 1e-12;

/// Empty if both compute the same values and gradients from the same inputs.
inline std::string disagreement(std::vector<Array> inputs, const Computation& one,
                                const Computation& other) {
  const Evaluated a = evaluate(inputs, one);
  const Evaluated b = evaluate(inputs, other);
  std::string problem = difference(a.value, b.value, twin_tolerance);
  if (!problem.empty()) return "value " + problem;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    problem = difference(a.gradients[k], b.gradients[k], twin_tolerance);
    if (!problem.empty()) return "gradient of input " + std::to_string(k) + ", " + problem;
  }
  return "";
}

}  // namespace espalier::test
