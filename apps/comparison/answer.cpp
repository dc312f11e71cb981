#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/comparison/analysis.h"

namespace espalier {

namespace {

constexpr double level = 0.05;

std::string p_text(double p) {
  return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.2g}", p);
}

std::size_t best_arm(const ScoreTests& tests) {
  const auto& ranks = tests.friedman.average_ranks;
  return static_cast<std::size_t>(std::ranges::min_element(ranks) - ranks.begin());
}

/// Which arm ranks best, and whether that is more than chance.
std::string ranking(const Comparison& comparison, const Analysis& analysis,
                    const ScoreTests& tests) {
  const std::size_t best = best_arm(tests);
  const std::size_t blocks = analysis.complete_blocks.size();
  std::string text =
      fmt::format("Of {} arms, {} has the lowest average rank ({:.2f}) over {} {}",
                  comparison.arms.size(), comparison.arms[best], tests.friedman.average_ranks[best],
                  blocks, blocks == 1 ? "block" : "blocks");
  if (blocks == 1) return text + "; a single block tests nothing.";
  if (!tests.friedman.tested) return text + ".";  // two arms: the pair's test says it
  return text + (tests.friedman.f_p < level
                     ? fmt::format(", and the arms differ by more than chance over these blocks "
                                   "(Friedman, {}).",
                                   p_text(tests.friedman.f_p))
                     : fmt::format(", but the arms can't be told apart by these blocks "
                                   "(Friedman, {}).",
                                   p_text(tests.friedman.f_p)));
}

/// Complete blocks where the arm's MAE is below persistence's.
std::size_t blocks_won_from_persistence(const Comparison& comparison,
                                        const ComparisonResults& results, const Analysis& analysis,
                                        std::size_t arm) {
  return static_cast<std::size_t>(
      std::ranges::count_if(analysis.complete_blocks, [&](std::size_t block) {
        const BlockReference& reference = results.references[block];
        return analysis.cells[block * comparison.arms.size() + arm].mae->mean <
               compared_score(reference, reference.baselines.front().metrics, "mae");
      }));
}

/// "5.3 % below", in digits that a sentence bears.
std::string change_text(double change) {
  const double size = std::abs(change);
  if (size == 0) return "equal to";
  const std::string number = size < 0.01  ? "less than 0.01"
                             : size >= 10 ? fmt::format("{:.0f}", size)
                                          : fmt::format("{:.2g}", size);
  return fmt::format("{} % {}", number, change < 0 ? "below" : "above");
}

std::string against_reference(const Comparison& comparison, const PairTest& pair) {
  const std::string& arm = comparison.arms[pair.arm];
  const std::string& reference = comparison.arms[comparison.reference];
  const std::string change =
      std::isnan(pair.median_percent_change)
          ? fmt::format("{} makes no error on a block, so {}'s change in per cent is unknown",
                        reference, arm)
          : fmt::format("In the median over blocks {}'s mean absolute error is {} {}'s", arm,
                        change_text(pair.median_percent_change), reference);
  return fmt::format("{} ({}, Holm {})", change,
                     pair.holm_p < level ? "more than chance" : "no more than chance explains",
                     p_text(pair.holm_p));
}

}  // namespace

std::string answer(const Comparison& comparison, const ComparisonResults& results,
                   const Analysis& analysis) {
  if (analysis.tests.empty()) {
    return analysis.complete_blocks.empty()
               ? "No block is complete, so nothing was tested. The tables hold what there is."
               : "There is a single arm, so nothing was compared. The tables hold its scores.";
  }
  const ScoreTests& tests = analysis.tests.front();
  // The best arm, or, where that is the reference, the next.
  std::size_t shown = best_arm(tests);
  const PairTest* pair = nullptr;
  for (const PairTest& candidate : tests.pairs) {
    const bool better = pair == nullptr || tests.friedman.average_ranks[candidate.arm] <
                                               tests.friedman.average_ranks[pair->arm];
    if (shown == comparison.reference ? better : candidate.arm == shown) pair = &candidate;
  }
  const std::size_t won = blocks_won_from_persistence(comparison, results, analysis, shown);
  return fmt::format("{} {}; {} beats persistence on {} of {}.",
                     ranking(comparison, analysis, tests), against_reference(comparison, *pair),
                     comparison.arms[shown], won, analysis.complete_blocks.size());
}

}  // namespace espalier
