#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"
#include "apps/statistics/friedman.h"
#include "apps/statistics/summary.h"
#include "apps/statistics/wilcoxon.h"

namespace espalier {

/// The trials of one arm on one block.
struct CellSummary {
  std::size_t finished = 0;
  std::size_t failed = 0;
  std::size_t missing = 0;
  /// Over the finished trials, in the units of the block's table (file units; scaled where several
  /// targets are forecast). Nothing where none finished.
  std::optional<Summary> mae = {};
  std::optional<Summary> rmse = {};
  /// Means over the finished trials.
  double sparsity = 0;
  double epochs = 0;
  double seconds_per_epoch = 0;
};

/// An arm against the reference arm, one pair of values per block.
struct PairTest {
  std::size_t arm = 0;
  /// Of the errors' logarithms, so that blocks in different units can be ranked together.
  WilcoxonResult wilcoxon;
  /// Adjusted over all pairs tested (Holm).
  double holm_p = 1;
  /// −1: the arm's error is below the reference's on every block; 1: above.
  double rank_biserial = 0;
  /// Of the arm's error against the reference's; −5: typically 5 % lower. NaN where the reference
  /// makes no error.
  double median_percent_change = 0;
  std::size_t wins = 0;
  std::size_t losses = 0;
};

/// Tests of one score over the complete blocks.
struct ScoreTests {
  /// "mae" or "rmse".
  std::string score;
  FriedmanResult friedman;
  /// Nemenyi's, at 0.05; nothing with fewer than two arms.
  std::optional<double> critical_difference = {};
  /// Groups of arms that aren't told apart, best first.
  std::vector<std::vector<std::size_t>> cliques = {};
  /// One per arm other than the reference.
  std::vector<PairTest> pairs = {};
};

struct Analysis {
  /// [blocks × arms]
  std::vector<CellSummary> cells;
  /// Blocks where every trial of every arm finished: those that are tested.
  std::vector<std::size_t> complete_blocks;
  /// For MAE, then RMSE; empty where no block is complete or there is a single arm.
  std::vector<ScoreTests> tests;
  /// Below which no pair's p can fall with so many complete blocks and pairs: uncorrected, then
  /// Holm's.
  double smallest_p = 1;
  double smallest_holm_p = 1;
  /// Different data sets among the complete blocks: what a claim about data in general rests on.
  std::size_t datasets = 0;
};

/// The p of Wilcoxon's test below which no outcome can fall, whatever the arms do.
struct AttainableP {
  /// Of one Wilcoxon test over the blocks.
  double single;
  /// Adjusted (Holm) for one test of each arm against the reference.
  double holm;
};
AttainableP attainable_p(const Comparison& comparison, std::size_t blocks);

/// Different data sets among these blocks.
std::size_t count_datasets(const Comparison& comparison, const std::vector<std::size_t>& blocks);

/// Mean of one figure of an arm over the complete blocks; where none is complete, over those with a
/// finished trial. Nothing without any.
std::optional<double> mean_over_blocks(const Comparison& comparison, const Analysis& analysis,
                                       std::size_t arm, double CellSummary::*field);

/// Summaries and tests of what there is.
Analysis analyse(const Comparison& comparison, const ComparisonResults& results);

/// The value by which a block's methods are compared: `score` is "mae" or "rmse".
double compared_score(const BlockReference& reference, const std::vector<Metric>& metrics,
                      const std::string& score);

/// The lowest such error of a forecast that takes no training (see is_naive).
double best_naive_score(const BlockReference& reference, const std::string& score);

/// What came out, in two sentences: which arm ranks best and whether that can be told from chance;
/// and how the best arm stands to the reference and to persistence.
std::string answer(const Comparison& comparison, const ComparisonResults& results,
                   const Analysis& analysis);

}  // namespace espalier
