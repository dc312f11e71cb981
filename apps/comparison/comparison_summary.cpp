#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "apps/comparison/baseline_scores.h"
#include "apps/comparison/tables.h"

namespace espalier {

namespace {

/// More blocks than that are left to the report.
constexpr std::size_t most_rows = 30;

class SummaryText {
 public:
  SummaryText(const Comparison& comparison, const ComparisonResults& results,
              const Analysis& analysis)
      : comparison_(comparison),
        results_(results),
        analysis_(analysis),
        baselines_(baseline_names(results.references)) {
    for (const Block& block : comparison.blocks) {
      block_width_ = std::max(block_width_, block.name.size());
    }
  }

  std::string text() const {
    std::string text = errors() + "\n";
    if (!analysis_.tests.empty()) text += ranks() + "\n";
    return text + answer(comparison_, results_, analysis_) + "\n";
  }

 private:
  static std::string column(const std::string& name, const std::string& cell) {
    return fmt::format("{:>{}}", cell, std::max<std::size_t>(name.size(), 10) + 2);
  }

  std::string errors() const {
    if (comparison_.blocks.size() > most_rows) {
      return fmt::format("{} blocks: see summary.csv and the report.\n", comparison_.blocks.size());
    }
    std::string text = fmt::format("{:<{}}", "mean MAE", block_width_);
    for (const std::string& arm : comparison_.arms) text += column(arm, arm);
    text += "  |";
    for (const std::string& baseline : baselines_) text += column(baseline, baseline);
    text += "\n";
    bool holes = false;
    for (std::size_t block = 0; block < comparison_.blocks.size(); ++block) {
      text += row(block, holes);
    }
    text += "* best arm of its row";
    if (holes) text += "; ! trials failed or are missing";
    return text + "\n";
  }

  std::string row(std::size_t block, bool& holes) const {
    const CellSummary* cells = &analysis_.cells[block * comparison_.arms.size()];
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t arm = 0; arm < comparison_.arms.size(); ++arm) {
      if (cells[arm].mae) best = std::min(best, cells[arm].mae->mean);
    }
    std::string text = fmt::format("{:<{}}", comparison_.blocks[block].name, block_width_);
    for (std::size_t arm = 0; arm < comparison_.arms.size(); ++arm) {
      const CellSummary& cell = cells[arm];
      std::string mark = cell.mae && cell.mae->mean == best ? "*" : "";
      if (cell.failed + cell.missing > 0) {
        mark += "!";
        holes = true;
      }
      const std::string mae = cell.mae ? fmt::format("{:.5g}", cell.mae->mean) : "";
      text += column(comparison_.arms[arm], mark + mae);
    }
    text += "  |";
    const BlockReference& reference = results_.references[block];
    for (const std::string& name : baselines_) {
      const std::optional<double> score = baseline_score(reference, name, "mae");
      text += column(name, score ? fmt::format("{:.5g}", *score) : "");
    }
    return text + "\n";
  }

  std::string ranks() const {
    const ScoreTests& tests = analysis_.tests.front();
    const std::string& reference = comparison_.arms[comparison_.reference];
    std::size_t width = 3;
    for (const std::string& arm : comparison_.arms) width = std::max(width, arm.size());
    const std::string against = "MAE vs " + reference;
    std::string text = fmt::format(
        "{:<{}}  average rank  {:>12}  wins    Holm p  sparsity  "
        "s/epoch\n",
        "arm", width, against);
    const std::size_t against_width = std::max<std::size_t>(against.size(), 12);
    for (const std::size_t arm : by_rank(tests)) {
      text += fmt::format("{:<{}}  {:>12.2f}  ", comparison_.arms[arm], width,
                          tests.friedman.average_ranks[arm]);
      const auto pair = std::ranges::find(tests.pairs, arm, &PairTest::arm);
      text +=
          pair == tests.pairs.end()
              ? fmt::format("{:>{}}  {:>4}  {:>8}", "", against_width, "", "")
              : fmt::format("{:>{}}  {:>4}  {:>8.3g}", change(*pair), against_width,
                            fmt::format("{}/{}", pair->wins, pair->wilcoxon.pairs), pair->holm_p);
      text += fmt::format(
          "  {:>6.1f} %  {:>7.3g}\n",
          100 * *mean_over_blocks(comparison_, analysis_, arm, &CellSummary::sparsity),
          *mean_over_blocks(comparison_, analysis_, arm, &CellSummary::seconds_per_epoch));
    }
    return text + circumstances();
  }

  static std::string change(const PairTest& pair) {
    const double percent = pair.median_percent_change;
    return std::isnan(percent) ? "" : fmt::format("{:+.2f} %", percent);
  }

  static std::vector<std::size_t> by_rank(const ScoreTests& tests) {
    std::vector<std::size_t> arms(tests.friedman.average_ranks.size());
    for (std::size_t arm = 0; arm < arms.size(); ++arm) arms[arm] = arm;
    std::ranges::stable_sort(
        arms, {}, [&tests](std::size_t arm) { return tests.friedman.average_ranks[arm]; });
    return arms;
  }

  std::string circumstances() const {
    return fmt::format(
        "Tested over {} of {} blocks, from {} data {}; trials of a block are averaged first. No Holm "
        "p can be below {:.2g} here.\n",
        analysis_.complete_blocks.size(), comparison_.blocks.size(), analysis_.datasets,
        analysis_.datasets == 1 ? "set" : "sets", analysis_.smallest_holm_p);
  }

  const Comparison& comparison_;
  const ComparisonResults& results_;
  const Analysis& analysis_;
  std::vector<std::string> baselines_;
  std::size_t block_width_ = 8;
};

}  // namespace

std::string comparison_summary(const Comparison& comparison, const ComparisonResults& results,
                               const Analysis& analysis) {
  return SummaryText(comparison, results, analysis).text();
}

}  // namespace espalier
