#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/f64/gradcheck/gradient_case.h"

namespace espalier {

using Vars = std::span<const Var>;

/// What the elements of an op's input are drawn from.
enum class Range {
  any,       ///< U(−2, 2)
  positive,  ///< U(0, 2)
  nonzero,   ///< from 0.1 to 2, of either sign: clear of kinks and poles at 0
};

/// An input without its elements.
struct OpInput {
  std::string name;
  Shape shape;
  Range range = Range::any;
};

/// One op on inputs drawn at random, the same for the same names.
GradientCase op_case(const std::string& name, const std::string& form,
                     const std::vector<OpInput>& inputs, std::function<Var(Vars)> compute);

}  // namespace espalier
