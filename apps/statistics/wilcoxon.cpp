#include "apps/statistics/wilcoxon.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <boost/math/distributions/normal.hpp>

#include "apps/statistics/check_values.h"
#include "apps/statistics/ranks.h"

namespace espalier {

namespace {

/// Two-sided p of `pairs` ≥ 1 differences of one sign.
double equal_signs_p(std::size_t pairs) {
  return std::ldexp(1.0, 1 - static_cast<int>(pairs));
}

/// Two-sided p of a smaller rank sum of `statistic`, all signs of the ranks being equally likely.
/// Ranks are whole or half, so twice a rank is an index. Counts stay below 2^25: exact in double.
double exact_p(std::span<const double> ranked, double statistic) {
  std::size_t total = 0;
  std::vector<double> ways = {1};  // [s]: choices of positive signs with a doubled rank sum of s
  for (const double rank : ranked) {
    const auto doubled = static_cast<std::size_t>(2 * rank);
    total += doubled;
    ways.resize(total + 1);
    for (std::size_t s = total; s >= doubled; --s) ways[s] += ways[s - doubled];
  }
  double tail = 0;
  const auto reached = static_cast<std::size_t>(2 * statistic);
  for (std::size_t s = 0; s <= reached; ++s) tail += ways[s];
  return std::min(1.0, tail * equal_signs_p(ranked.size()));
}

/// The same from the normal distribution.
double normal_p(std::span<const double> ranked, double statistic, bool continuity_correction) {
  const double n = static_cast<double>(ranked.size());
  const double mean = n * (n + 1) / 4;
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - tie_term(ranked) / 48;
  const double distance = std::max(0.0, mean - statistic - (continuity_correction ? 0.5 : 0.0));
  return 2 * cdf(complement(boost::math::normal(), distance / std::sqrt(variance)));
}

}  // namespace

WilcoxonResult wilcoxon_signed_rank_test(std::span<const double> values,
                                         std::span<const double> reference,
                                         WilcoxonOptions options) {
  check_pairs("wilcoxon", values, reference);
  std::vector<double> differences;
  std::vector<double> magnitudes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == reference[i]) continue;
    differences.push_back(values[i] - reference[i]);
    magnitudes.push_back(std::abs(differences.back()));
  }
  const std::vector<double> ranked = ranks(magnitudes);
  double positive = 0;
  double negative = 0;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    (differences[i] > 0 ? positive : negative) += ranked[i];
  }
  const double statistic = std::min(positive, negative);
  const bool exact = ranked.size() <= most_exact_pairs;
  return {.positive_sum = positive,
          .negative_sum = negative,
          .statistic = statistic,
          .p = exact ? exact_p(ranked, statistic)
                     : normal_p(ranked, statistic, options.continuity_correction),
          .pairs = ranked.size(),
          .zeros = values.size() - ranked.size(),
          .exact = exact};
}

double smallest_attainable_p(std::size_t pairs) {
  if (pairs == 0) return 1;
  if (pairs <= most_exact_pairs) return equal_signs_p(pairs);
  std::vector<double> ranked(pairs);
  std::iota(ranked.begin(), ranked.end(), 1.0);
  return normal_p(ranked, 0, false);
}

}  // namespace espalier
