#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/golden.h"

namespace espalier::test {

/// tests/golden/statistics.json, which make_statistics_golden.py wrote.
inline const nlohmann::json& statistics_golden() {
  static const nlohmann::json golden = read_golden("statistics.json");
  return golden;
}

inline std::vector<double> numbers(const nlohmann::json& stored) {
  return stored.get<std::vector<double>>();
}

/// How far agreement with SciPy may be off.
inline constexpr double golden_tolerance = 1e-10;

/// |a − b| in units of the larger one, so that small p values are compared as strictly.
inline double relative_error(double a, double b) {
  return a == b ? 0 : std::abs(a - b) / std::max(std::abs(a), std::abs(b));
}

}  // namespace espalier::test
