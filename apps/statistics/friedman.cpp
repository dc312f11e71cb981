#include "apps/statistics/friedman.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <fmt/format.h>

#include "apps/statistics/ranks.h"

namespace espalier {

namespace {

/// What the statistics need of the ranks. Ranks are whole or half: all of it is exact in double.
struct RankSums {
  /// R_j, per arm.
  std::vector<double> per_arm;
  /// Σ_j (R_j − N (k + 1) / 2)²
  double between = 0;
  /// Σ_ij (r_ij − (k + 1) / 2)²
  double total = 0;
  double ties = 0;
};

RankSums rank_sums(const BlockTable& table) {
  RankSums sums{.per_arm = std::vector<double>(table.arms())};
  const double middle = static_cast<double>(table.arms() + 1) / 2;
  for (std::size_t b = 0; b < table.blocks(); ++b) {
    const std::vector<double> ranked = ranks(table.block(b));
    for (std::size_t j = 0; j < ranked.size(); ++j) {
      sums.per_arm[j] += ranked[j];
      sums.total += (ranked[j] - middle) * (ranked[j] - middle);
    }
    sums.ties += tie_term(ranked);
  }
  for (const double sum : sums.per_arm) {
    const double above = sum - static_cast<double>(table.blocks()) * middle;
    sums.between += above * above;
  }
  return sums;
}

/// k! / Π t! over groups of t tied values: how many orders of one block there are.
double distinct_orders(std::span<const double> block) {
  double orders = 1;
  for (std::size_t j = 0; j < block.size(); ++j) {
    const auto alike = std::ranges::count(block.first(j + 1), block[j]);
    orders *= static_cast<double>(j + 1) / static_cast<double>(alike);
  }
  return orders;
}

std::string reason_not_to_test(const BlockTable& table) {
  if (table.arms() < 3) {
    return fmt::format("Friedman's test takes three arms or more, not {}", table.arms());
  }
  if (table.blocks() < 2) return "Friedman's test takes two blocks or more, not 1";
  return "";
}

}  // namespace

FriedmanResult friedman_test(const BlockTable& table) {
  const double n = static_cast<double>(table.blocks());
  const double k = static_cast<double>(table.arms());
  const RankSums sums = rank_sums(table);
  FriedmanResult result{.average_ranks = sums.per_arm, .note = reason_not_to_test(table)};
  for (double& rank : result.average_ranks) rank /= n;
  result.tested = result.note.empty();
  if (!result.tested) return result;

  result.tie_correction = 1 - sums.ties / (n * k * (k * k - 1));
  if (sums.total == 0) {
    result.note = "all arms are equal on every block";
    return result;
  }
  result.chi_square = (k - 1) * sums.between / sums.total;
  result.chi_square_p = cdf(complement(boost::math::chi_squared(k - 1), result.chi_square));
  if (sums.between == n * sums.total) {
    result.note = "all blocks rank the arms alike: F is infinite, its p exact";
    result.f = std::numeric_limits<double>::infinity();
    result.f_p = std::pow(distinct_orders(table.block(0)), 1 - n);
    return result;
  }
  result.f = (n - 1) * sums.between / (n * sums.total - sums.between);
  result.f_p = cdf(complement(boost::math::fisher_f(k - 1, (k - 1) * (n - 1)), result.f));
  return result;
}

}  // namespace espalier
