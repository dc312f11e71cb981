#pragma once

#include "apps/f64/gradcheck/gradient_case.h"
#include "core/random.h"

namespace espalier {

/// Draws every parameter from U(−0.7, 0.7), and gains from U(0.5, 1.5): initial values, with gains
/// of 1 and biases of 0, would hide a factor or a term that backward forgets.
inline void randomise(const Parameters& parameters) {
  for (const Parameter& parameter : parameters.all()) {
    const bool gain = parameter.kind() == ParameterKind::norm;
    fill_uniform(RandomKey(0).derive(parameter.name()), gain ? 0.5 : -0.7, gain ? 1.5 : 0.7,
                 parameter.value().span());
  }
}

/// What a network reads, from U(−1.5, 1.5).
inline CaseInput network_input(const Shape& shape) {
  CaseInput x{"x", shape, std::vector<real>(static_cast<std::size_t>(shape.size()))};
  fill_uniform(RandomKey(0).derive("x"), -1.5, 1.5, x.elements);
  return x;
}

}  // namespace espalier
