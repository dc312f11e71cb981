#pragma once

#include <cmath>
#include <initializer_list>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"

namespace espalier::test {

/// A tensor that owns its elements, row-major.
struct Array {
  Shape shape;
  std::vector<real> elements;

  Tensor tensor() { return {elements.data(), shape}; }
};

inline Array array(const Shape& shape, std::initializer_list<real> elements) {
  return {shape, elements};
}

/// Elements from U(low, high), the same for the same seed.
inline Array random_array(const Shape& shape, std::uint64_t seed, double low = -1,
                          double high = 1) {
  Array made{shape, std::vector<real>(static_cast<std::size_t>(shape.size()))};
  fill_uniform(RandomKey(seed), low, high, made.elements);
  return made;
}

/// Empty if `found` equals `expected` element by element up to tolerance·max(1, |expected|), else
/// the worst difference in words. No elements, or a NaN on either side, is a difference.
template <typename Found, typename Expected>
std::string difference(const Found& found, const Expected& expected, double tolerance) {
  std::ostringstream text;
  text.precision(12);
  if (std::size(found) != std::size(expected) || std::size(expected) == 0) {
    text << std::size(found) << " elements found, " << std::size(expected) << " expected";
    return text.str();
  }
  double worst = tolerance;
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const auto a = static_cast<double>(found[i]);
    const auto b = static_cast<double>(expected[i]);
    const double distance = std::abs(a - b) / std::fmax(1.0, std::abs(b));
    if (distance <= worst || a == b) continue;
    text.str("");
    text << "element " << i << ": " << a << " found, " << b << " expected";
    if (std::isnan(distance)) break;
    worst = distance;
  }
  return text.str();
}

}  // namespace espalier::test
