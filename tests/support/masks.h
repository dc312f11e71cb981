#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "core/forward.h"

namespace espalier::test {

/// Which elements of `before` are still there in `after`.
inline std::vector<bool> survivors(std::span<const real> after) {
  std::vector<bool> kept;
  for (const real value : after) kept.push_back(value != 0);
  return kept;
}

/// Empty if `after` is `before` with a share of `rate` zeroed, up to five standard deviations of a
/// binomial, and every survivor scaled by exactly 1/(1 − rate); else what is wrong. No element of
/// `before` may be 0.
inline std::string dropping_problem(std::span<const real> before, std::span<const real> after,
                                    double rate) {
  std::ostringstream problem;
  if (before.size() != after.size() || before.empty()) return "sizes differ, or nothing is there";
  const auto factor = static_cast<real>(1 / (1 - rate));
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (after[i] == 0 || after[i] == factor * before[i]) continue;
    problem << "element " << i << ": " << before[i] << " became " << after[i];
    return problem.str();
  }
  const auto count = static_cast<double>(before.size());
  const double share = static_cast<double>(std::ranges::count(after, real{0})) / count;
  const double bound = 5 * std::sqrt(rate * (1 - rate) / count);
  if (std::abs(share - rate) > bound) {
    problem << "a share of " << share << " was dropped, expected " << rate << " ± " << bound;
  }
  return problem.str();
}

/// What one activation call of a pass of its own makes of ones of `shape`.
inline std::vector<real> ones_after(const Regularizers& regularizers, Site site, const Shape& shape,
                                    Forward::Purpose purpose, std::uint64_t number) {
  Tape tape;
  const Tensor ones = tape.arena().allocate(shape);
  std::ranges::fill(ones.span(), real{1});
  Forward pass(tape, regularizers, purpose, number);
  const Var y = pass.activation(site, tape.variable(ones));
  return {y.value().span().begin(), y.value().span().end()};
}

}  // namespace espalier::test
