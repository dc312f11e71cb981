#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/comparison/analysis.h"
#include "apps/data/cell_text.h"

namespace espalier {

namespace {

constexpr double level = 0.05;

std::string p_text(double p) {
  return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.2g}", p);
}

/// In the config's order; several where they share the lowest average rank.
std::vector<std::size_t> best_arms(const ScoreTests& tests) {
  const auto& ranks = tests.friedman.average_ranks;
  const double lowest = std::ranges::min(ranks);
  std::vector<std::size_t> arms;
  for (std::size_t arm = 0; arm < ranks.size(); ++arm) {
    if (ranks[arm] == lowest) arms.push_back(arm);
  }
  return arms;
}

/// Which arm ranks best, and whether the ranks tell the arms apart.
std::string ranking(const Comparison& comparison, const Analysis& analysis,
                    const ScoreTests& tests) {
  const std::vector<std::size_t> best = best_arms(tests);
  std::vector<std::string> names;
  for (const std::size_t arm : best) names.push_back(comparison.arms[arm]);
  const std::size_t blocks = analysis.complete_blocks.size();
  std::string text =
      fmt::format("Of {} arms, {} {} the lowest average rank ({:.2f}) over {} from {}",
                  comparison.arms.size(), fmt::join(names, " and "),
                  names.size() == 1 ? "has" : "share", tests.friedman.average_ranks[best.front()],
                  counted(blocks, "block"), counted(analysis.datasets, "data set"));
  if (blocks == 1) return text + "; a single block tests nothing.";
  if (!tests.friedman.tested) return text + ".";  // two arms: the pair's test says it
  return text + fmt::format(
                    "; the arms are {}told apart, blocks taken as independent "
                    "(Friedman, {}).",
                    tests.friedman.f_p < level ? "" : "not ", p_text(tests.friedman.f_p));
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
  const std::string number = size < 0.005 ? "less than 0.01"
                             : size >= 10 ? fmt::format("{:.0f}", size)
                                          : fmt::format("{:.2g}", size);
  return fmt::format("{} % {}", number, change < 0 ? "below" : "above");
}

/// What Wilcoxon's test makes of it.
std::string verdict(const Analysis& analysis, const PairTest& pair) {
  const char* words = analysis.smallest_holm_p > level ? "too few blocks to tell them apart"
                      : pair.holm_p < level            ? "told apart"
                                                       : "not told apart";
  return fmt::format("{}, Holm {}", words, p_text(pair.holm_p));
}

std::string against_reference(const Comparison& comparison, const Analysis& analysis,
                              const PairTest& pair) {
  const std::string& arm = comparison.arms[pair.arm];
  const std::string& reference = comparison.arms[comparison.reference];
  const std::string change =
      std::isnan(pair.median_percent_change)
          ? fmt::format("{} makes no error on a block, so {}'s change in per cent is unknown",
                        reference, arm)
          : fmt::format("In the median over blocks {}'s mean absolute error is {} {}'s", arm,
                        change_text(pair.median_percent_change), reference);
  return fmt::format("{} ({})", change, verdict(analysis, pair));
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
  std::size_t shown = best_arms(tests).front();
  const PairTest* pair = nullptr;
  for (const PairTest& candidate : tests.pairs) {
    const bool better = pair == nullptr || tests.friedman.average_ranks[candidate.arm] <
                                               tests.friedman.average_ranks[pair->arm];
    if (shown == comparison.reference ? better : candidate.arm == shown) pair = &candidate;
  }
  const std::size_t won = blocks_won_from_persistence(comparison, results, analysis, shown);
  return fmt::format("{} {}; {} beats persistence on {} of {}.",
                     ranking(comparison, analysis, tests),
                     against_reference(comparison, analysis, *pair), comparison.arms[shown], won,
                     analysis.complete_blocks.size());
}

}  // namespace espalier
