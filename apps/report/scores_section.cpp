#include "apps/report/scores_section.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "apps/baselines/baselines.h"
#include "apps/comparison/baseline_scores.h"
#include "apps/data/cell_text.h"
#include "apps/report/html.h"
#include "apps/report/numbers.h"

namespace espalier {

namespace {

const std::optional<Summary>& summary_of(const CellSummary& cell, std::string_view score) {
  return score == "mae" ? cell.mae : cell.rmse;
}

/// Smallest error of a block's naive forecasts, and whose it is; a model worth having beats it.
struct NaiveScore {
  std::string name;
  double error;
};

std::optional<NaiveScore> best_naive(const BlockReference& reference, const std::string& score) {
  std::optional<NaiveScore> best;
  for (const BlockReference::Score& baseline : reference.baselines) {
    if (!is_naive(baseline.name)) continue;
    const double error = compared_score(reference, baseline.metrics, score);
    if (!best || error < best->error) best = NaiveScore{.name = baseline.name, .error = error};
  }
  return best;
}

/// ✓ or ✗, in words for those who don't see it.
std::string naive_sign(double error, const NaiveScore& naive) {
  const bool better = error < naive.error;
  const std::string words =
      fmt::format("{} the best naive forecast, {}", better ? "beats" : "does not beat", naive.name);
  return fmt::format(" <span class=\"{}\" role=\"img\" title=\"{}\" aria-label=\"{}\">{}</span>",
                     better ? "beats" : "loses", escape_html(words), escape_html(words),
                     better ? "✓" : "✗");
}

/// "8/10" where not every trial finished.
std::string count_mark(const CellSummary& cell) {
  if (cell.failed + cell.missing == 0) return "";
  const std::size_t all = cell.finished + cell.failed + cell.missing;
  return fmt::format(
      "<span class=\"count\" title=\"{} of {} finished; {} failed, {} not run\">{}/{}</span> ",
      cell.finished, counted(all, "trial"), cell.failed, cell.missing, cell.finished, all);
}

std::string value_text(const Summary& summary) {
  if (!summary.interval) return significant(summary.mean);
  return with_half_width(summary.mean, (summary.interval->upper - summary.interval->lower) / 2);
}

/// Of the block's arms that finished any trial.
std::optional<double> smallest_mean(std::span<const CellSummary> cells, std::string_view score) {
  std::optional<double> smallest;
  for (const CellSummary& cell : cells) {
    const std::optional<Summary>& summary = summary_of(cell, score);
    if (summary && (!smallest || summary->mean < *smallest)) smallest = summary->mean;
  }
  return smallest;
}

void add_arm_cells(HtmlTable& table, std::span<const CellSummary> cells,
                   const BlockReference& reference, const std::string& score) {
  const std::optional<double> smallest = smallest_mean(cells, score);
  const std::optional<NaiveScore> naive = best_naive(reference, score);
  for (const CellSummary& cell : cells) {
    const std::optional<Summary>& summary = summary_of(cell, score);
    std::string html = summary ? value_text(*summary) : "–";
    if (summary && summary->mean == *smallest) html = "<strong>" + html + "</strong>";
    if (summary && naive) html += naive_sign(summary->mean, *naive);
    table.cell(count_mark(cell) + html);
  }
}

void add_baseline_cells(HtmlTable& table, const BlockReference& reference,
                        const std::vector<std::string>& names, const std::string& score) {
  for (const std::string& name : names) {
    const auto value = baseline_score(reference, name, score);
    table.cell(value ? significant(*value) : "–", "baseline");
  }
}

std::string block_head(const Block& block, const BlockReference& reference) {
  const std::string unit =
      reference.several_targets ? "several targets, in standard deviations" : reference.target;
  return fmt::format("{} <small>{}</small>", escape_html(block.name), escape_html(unit));
}

std::string scores_table(const Comparison& comparison, const ComparisonResults& results,
                         const Analysis& analysis, const std::string& score,
                         std::string_view caption) {
  const std::vector<std::string> baselines = baseline_names(results.references);
  HtmlTable table(caption);
  table.column("block");
  for (const std::string& arm : comparison.arms) table.column(arm);
  for (const std::string& name : baselines) table.column(name, "baseline");
  const std::size_t arms = comparison.arms.size();
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    table.begin_row(block_head(comparison.blocks[b], results.references[b]));
    add_arm_cells(table, std::span(analysis.cells).subspan(b * arms, arms), results.references[b],
                  score);
    add_baseline_cells(table, results.references[b], baselines, score);
  }
  return table.html();
}

std::string legend(const ComparisonResults& results, const Analysis& analysis,
                   bool several_trials) {
  std::string text = "Smaller is better; the best arm of a row is in bold. ";
  if (several_trials) {
    text +=
        "± is half the width of the 95 % interval of the mean over trials (Student's t): it tells "
        "of seeds, not of other data. ";
  }
  text +=
      "✓ beats and ✗ does not beat the better of the naive forecasts, persistence and "
      "seasonal_naive; other baselines are trained. ";
  if (std::ranges::any_of(results.references, &BlockReference::several_targets)) {
    text +=
        "Where several targets are forecast, errors are in standard deviations of their training "
        "rows, else in the target's own units. ";
  } else {
    text += "Errors are in the target's own units. ";
  }
  if (std::ranges::any_of(analysis.cells,
                          [](const CellSummary& cell) { return cell.failed + cell.missing > 0; })) {
    text +=
        "A mark such as 8/10 says that only 8 of 10 trials finished; a mean of those may flatter. ";
  }
  return "<p class=\"note\">" + escape_html(text) + "</p>\n";
}

}  // namespace

std::string scores_section(const Comparison& comparison, const ComparisonResults& results,
                           const Analysis& analysis) {
  return "<section id=\"scores\">\n<h2>Errors on the scored rows</h2>\n" +
         legend(results, analysis, comparison.trials > 1) +
         scores_table(comparison, results, analysis, "mae", "Mean absolute error (MAE)") +
         "<details><summary>The same by root mean squared error</summary>\n" +
         scores_table(comparison, results, analysis, "rmse", "Root mean squared error (RMSE)") +
         "</details>\n</section>\n";
}

}  // namespace espalier
