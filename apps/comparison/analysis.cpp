#include "apps/comparison/analysis.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "apps/baselines/baselines.h"
#include "apps/statistics/block_table.h"
#include "apps/statistics/effect_size.h"
#include "apps/statistics/holm.h"
#include "apps/statistics/nemenyi.h"
#include "core/error.h"

namespace espalier {

namespace {

double metric_value(const std::vector<Metric>& metrics, const std::string& id) {
  const auto found = std::ranges::find(metrics, id, &Metric::id);
  if (found == metrics.end()) throw Error("[comparison] no score " + id);
  return found->value;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// Seconds of all epochs over their number.
double seconds_per_epoch(const TrialResult& result) {
  double sum = 0;
  for (const TrialEpoch& epoch : result.epochs) sum += epoch.seconds;
  return result.epochs.empty() ? 0 : sum / static_cast<double>(result.epochs.size());
}

CellSummary summarise_cell(const Comparison& comparison, const ComparisonResults& results,
                           std::size_t block, std::size_t arm) {
  CellSummary cell;
  std::vector<double> mae;
  std::vector<double> rmse;
  std::vector<double> sparsity;
  std::vector<double> epochs;
  std::vector<double> seconds;
  for (std::int64_t t = 0; t < comparison.trials; ++t) {
    const auto& trial = results.trials[trial_index(comparison, {block, arm, t})];
    if (!trial) {
      ++cell.missing;
    } else if (trial->failed()) {
      ++cell.failed;
    } else {
      ++cell.finished;
      const BlockReference& reference = results.references[block];
      mae.push_back(compared_score(reference, trial->metrics, "mae"));
      rmse.push_back(compared_score(reference, trial->metrics, "rmse"));
      sparsity.push_back(trial->sparsity);
      epochs.push_back(static_cast<double>(trial->epochs.size()));
      seconds.push_back(seconds_per_epoch(*trial));
    }
  }
  if (cell.finished == 0) return cell;
  cell.mae = summarise(mae);
  cell.rmse = summarise(rmse);
  cell.sparsity = mean(sparsity);
  cell.epochs = mean(epochs);
  cell.seconds_per_epoch = mean(seconds);
  return cell;
}

/// Means over trials of the complete blocks.
BlockTable scores_of(const Comparison& comparison, const Analysis& analysis,
                     std::optional<Summary> CellSummary::*score) {
  std::vector<double> means;
  const std::size_t arms = comparison.arms.size();
  for (const std::size_t block : analysis.complete_blocks) {
    for (std::size_t arm = 0; arm < arms; ++arm) {
      means.push_back((analysis.cells[block * arms + arm].*score)->mean);
    }
  }
  return {analysis.complete_blocks.size(), arms, std::move(means)};
}

/// Differences of logarithms don't depend on the unit of an error, and so can be ranked over blocks
/// of different data sets. An error of 0 counts as the smallest there is.
std::vector<double> logarithms(const std::vector<double>& errors) {
  std::vector<double> logs;
  for (const double error : errors) {
    logs.push_back(std::log(std::max(error, std::numeric_limits<double>::min())));
  }
  return logs;
}

PairTest test_pair(const BlockTable& table, std::size_t arm, std::size_t reference) {
  const std::vector<double> values = table.arm(arm);
  const std::vector<double> others = table.arm(reference);
  PairTest test{.arm = arm,
                .wilcoxon = wilcoxon_signed_rank_test(logarithms(values), logarithms(others))};
  test.rank_biserial = rank_biserial_correlation(test.wilcoxon);
  const bool perfect = std::ranges::any_of(others, [](double error) { return error <= 0; });
  test.median_percent_change =
      perfect ? std::numeric_limits<double>::quiet_NaN() : median_percent_change(values, others);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < others[i]) ++test.wins;
    if (values[i] > others[i]) ++test.losses;
  }
  return test;
}

ScoreTests test_scores(std::string score, const BlockTable& table, std::size_t reference) {
  ScoreTests tests{.score = std::move(score), .friedman = friedman_test(table)};
  if (table.arms() > 1) {
    tests.critical_difference = nemenyi_critical_difference(table.arms(), table.blocks());
    tests.cliques = cliques(tests.friedman.average_ranks, *tests.critical_difference);
  }
  std::vector<double> p_values;
  for (std::size_t arm = 0; arm < table.arms(); ++arm) {
    if (arm == reference) continue;
    tests.pairs.push_back(test_pair(table, arm, reference));
    p_values.push_back(tests.pairs.back().wilcoxon.p);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < adjusted.size(); ++i) tests.pairs[i].holm_p = adjusted[i];
  return tests;
}

}  // namespace

double compared_score(const BlockReference& reference, const std::vector<Metric>& metrics,
                      const std::string& score) {
  if (!reference.several_targets) return metric_value(metrics, score);
  if (score == "mae") return metric_value(metrics, "scaled_mae");
  return std::sqrt(metric_value(metrics, "scaled_mse"));
}

double best_naive_score(const BlockReference& reference, const std::string& score) {
  double best = std::numeric_limits<double>::infinity();
  for (const BlockReference::Score& baseline : reference.baselines) {
    if (!is_naive(baseline.name)) continue;
    best = std::min(best, compared_score(reference, baseline.metrics, score));
  }
  return best;
}

AttainableP attainable_p(const Comparison& comparison, std::size_t blocks) {
  const std::size_t pairs = comparison.arms.size() - 1;
  const double smallest = smallest_attainable_p(blocks);
  return {.single = smallest,
          .holm = std::min(1.0, smallest * static_cast<double>(std::max<std::size_t>(pairs, 1)))};
}

std::size_t count_datasets(const Comparison& comparison, const std::vector<std::size_t>& blocks) {
  std::set<std::string> names;
  for (const std::size_t block : blocks) names.insert(comparison.blocks[block].dataset);
  return names.size();
}

std::optional<double> mean_over_blocks(const Comparison& comparison, const Analysis& analysis,
                                       std::size_t arm, double CellSummary::*field) {
  const bool tested = !analysis.complete_blocks.empty();
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    const CellSummary& cell = analysis.cells[block * comparison.arms.size() + arm];
    const bool counts =
        tested ? std::ranges::binary_search(analysis.complete_blocks, block) : cell.finished > 0;
    if (!counts) continue;
    sum += cell.*field;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

Analysis analyse(const Comparison& comparison, const ComparisonResults& results) {
  Analysis analysis;
  const auto trials = static_cast<std::size_t>(comparison.trials);
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    bool complete = true;
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      analysis.cells.push_back(summarise_cell(comparison, results, block, arm));
      complete = complete && analysis.cells.back().finished == trials;
    }
    if (complete) analysis.complete_blocks.push_back(block);
  }
  analysis.datasets = count_datasets(comparison, analysis.complete_blocks);
  const AttainableP attainable = attainable_p(comparison, analysis.complete_blocks.size());
  analysis.smallest_p = attainable.single;
  analysis.smallest_holm_p = attainable.holm;
  if (analysis.complete_blocks.empty() || comparison.arms.size() < 2) return analysis;
  analysis.tests.push_back(
      test_scores("mae", scores_of(comparison, analysis, &CellSummary::mae), comparison.reference));
  analysis.tests.push_back(test_scores("rmse", scores_of(comparison, analysis, &CellSummary::rmse),
                                       comparison.reference));
  return analysis;
}

}  // namespace espalier
