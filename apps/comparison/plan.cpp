#include "apps/comparison/plan.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "apps/comparison/analysis.h"
#include "apps/comparison/trial_cost.h"
#include "apps/run/terminal.h"

namespace espalier {

namespace {

std::size_t count_all_datasets(const Comparison& comparison) {
  std::vector<std::size_t> blocks(comparison.blocks.size());
  std::iota(blocks.begin(), blocks.end(), std::size_t{0});
  return count_datasets(comparison, blocks);
}

/// The smallest p that the comparison can come to, however its trials turn out.
std::string attainable_text(const Comparison& comparison) {
  if (comparison.arms.size() < 2) return "A single arm: nothing is tested.\n";
  const AttainableP p = attainable_p(comparison, comparison.blocks.size());
  const std::size_t datasets = count_all_datasets(comparison);
  return fmt::format(
      "Smallest p attainable over {} blocks: {:.3g} for one pair, {:.3g} after Holm's correction for "
      "{} pairs.\n"
      "Blocks of one data set aren't independent: {} data {} alone could give {:.3g} at best.\n",
      comparison.blocks.size(), p.single, p.holm, comparison.arms.size() - 1, datasets,
      datasets == 1 ? "set" : "sets", attainable_p(comparison, datasets).single);
}

}  // namespace

std::vector<double> expected_seconds(const Comparison& comparison, const BlockTasks& tasks,
                                     const std::vector<TrialKey>& pending, int threads) {
  const std::size_t arms = comparison.arms.size();
  std::set<std::size_t> needed;
  for (const TrialKey& key : pending) needed.insert(key.block * arms + key.arm);
  const std::vector<std::size_t> cells(needed.begin(), needed.end());
  std::vector<double> by_cell(comparison.configs.size(), 0);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::ptrdiff_t i = 0; i < std::ssize(cells); ++i) {
    const std::size_t cell = cells[static_cast<std::size_t>(i)];
    try {
      by_cell[cell] = estimated_seconds(comparison.configs[cell], *tasks[cell / arms]);
    } catch (const std::exception&) {
      by_cell[cell] = 0;  // it will fail again when it is run, and be recorded then
    }
  }
  std::vector<double> seconds;
  for (const TrialKey& key : pending) seconds.push_back(by_cell[key.block * arms + key.arm]);
  return seconds;
}

void sort_longest_first(std::vector<TrialKey>& pending, std::vector<double>& seconds) {
  std::vector<std::pair<double, TrialKey>> order;
  for (std::size_t i = 0; i < pending.size(); ++i) order.emplace_back(-seconds[i], pending[i]);
  std::ranges::stable_sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) {
    seconds[i] = -order[i].first;
    pending[i] = order[i].second;
  }
}

std::string plan_text(const Comparison& comparison, const std::vector<double>& seconds,
                      int threads) {
  double sum = 0;
  for (const double one : seconds) sum += one;
  const std::size_t datasets = count_all_datasets(comparison);
  return fmt::format(
      "{}: {} blocks (from {} data {}) × {} arms × {} trials = {} trials, {} of them to be run.\n"
      "About {} on {} {}, less where training stops early.\n{}",
      comparison.name, comparison.blocks.size(), datasets, datasets == 1 ? "set" : "sets",
      comparison.arms.size(), comparison.trials, comparison.trial_count(), seconds.size(),
      clock_text(sum / threads), threads, threads == 1 ? "core" : "cores",
      attainable_text(comparison));
}

}  // namespace espalier
