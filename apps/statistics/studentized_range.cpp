#include "apps/statistics/studentized_range.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/roots.hpp>
#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

namespace {

/// Below, 1 − alpha has too few digits of it.
constexpr double smallest_alpha = 1e-9;

void check_groups(std::size_t groups) {
  if (groups >= 2) return;
  throw Error(fmt::format("[studentized range] of {} groups: expected at least 2", groups));
}

}  // namespace

double studentized_range_cdf(double q, std::size_t groups) {
  check_groups(groups);
  if (std::isnan(q)) throw Error("[studentized range] q is not a number");
  if (q <= 0) return 0;
  const boost::math::normal normal;
  const double k = static_cast<double>(groups);
  const auto density_of_the_largest = [&](double z) {
    return k * pdf(normal, z) * std::pow(cdf(normal, z) - cdf(normal, z - q), k - 1);
  };
  // Beyond this the normal density is below 1e-18.
  constexpr double reach = 9;
  using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
  constexpr unsigned deepest_halving = 10;
  constexpr double tolerance = 1e-13;
  return std::min(1.0, Quadrature::integrate(density_of_the_largest, -reach, reach, deepest_halving,
                                             tolerance));
}

double studentized_range_quantile(double alpha, std::size_t groups) {
  check_groups(groups);
  if (!(alpha >= smallest_alpha && alpha < 1)) {
    throw Error(fmt::format("[studentized range] alpha is {}: expected at least {} and below 1",
                            alpha, smallest_alpha));
  }
  // A range exceeds q at least as often as one pair does,
  const boost::math::normal pair_difference(0, std::numbers::sqrt2);
  const double lower = quantile(complement(pair_difference, alpha / 2));
  if (groups == 2) return lower;
  // and at most as often as all k (k − 1) / 2 pairs together (Bonferroni). For a small alpha that
  // is as good as the root itself, which rounding must not push out of the bracket.
  constexpr double room = 1;
  const double k = static_cast<double>(groups);
  const double upper = quantile(complement(pair_difference, alpha / (k * (k - 1)))) + room;
  std::uintmax_t iterations = 100;
  const auto [below, above] = boost::math::tools::toms748_solve(
      [&](double q) { return studentized_range_cdf(q, groups) - (1 - alpha); }, lower, upper,
      boost::math::tools::eps_tolerance<double>(50), iterations);
  return (below + above) / 2;
}

}  // namespace espalier
