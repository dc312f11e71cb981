#include "apps/statistics/effect_size.h"

#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "apps/statistics/check_values.h"
#include "apps/statistics/summary.h"
#include "core/error.h"

namespace espalier {

double rank_biserial_correlation(const WilcoxonResult& signed_ranks) {
  const double all = signed_ranks.positive_sum + signed_ranks.negative_sum;
  if (all == 0) return 0;
  return (signed_ranks.positive_sum - signed_ranks.negative_sum) / all;
}

double median_percent_change(std::span<const double> values, std::span<const double> reference) {
  check_pairs("percent change", values, reference);
  std::vector<double> changes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (reference[i] <= 0) {
      throw Error(fmt::format(
          "[percent change] reference {} of {} is {}: expected above 0, as an error of a forecast "
          "is; leave the block out",
          i + 1, reference.size(), reference[i]));
    }
    changes.push_back(100 * (values[i] - reference[i]) / reference[i]);
  }
  return median(changes);
}

}  // namespace espalier
