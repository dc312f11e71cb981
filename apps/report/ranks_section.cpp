#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/report/critical_difference_diagram.h"
#include "apps/report/html.h"
#include "apps/report/numbers.h"
#include "apps/report/tests_section.h"

namespace espalier {

namespace {

std::string paragraph(std::string_view text) {
  return "<p>" + escape_html(text) + "</p>\n";
}

/// "data set × model × window × optimizer.lr"
std::string block_axes(const Comparison& comparison) {
  std::string axes = "data set × model × window";
  for (const std::string& axis : comparison.other_axes) axes += " × " + axis;
  return axes;
}

std::string diagram(const Comparison& comparison, const ScoreTests& tests) {
  std::string html = critical_difference_svg({.names = comparison.arms,
                                              .ranks = tests.friedman.average_ranks,
                                              .critical_difference = tests.critical_difference,
                                              .cliques = tests.cliques});
  html =
      "<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Average ranks\">" +
      html + "</div>\n<figcaption>";
  html += "Average rank of each arm by MAE: 1 is the best on every block.";
  if (tests.critical_difference) {
    html +=
        " CD is Nemenyi’s critical difference at 0.05: ranks at least this far apart "
        "are told apart; a bar joins arms that are not.";
  }
  return html + "</figcaption></figure>\n";
}

std::string arm_table(const Comparison& comparison, const Analysis& analysis) {
  HtmlTable table(analysis.complete_blocks.empty() ? "Each arm over its finished trials"
                                                   : "Each arm over the complete blocks");
  table.column("arm");
  const bool ranked = !analysis.tests.empty();
  if (ranked) table.column("average rank");
  table.column("weights pruned");
  table.column("seconds per epoch");
  table.column("epochs");
  for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
    table.begin_row(escape_html(comparison.arms[arm]));
    if (ranked) {
      table.cell(fmt::format("{:.2f}", analysis.tests.front().friedman.average_ranks[arm]));
    }
    const auto sparsity = mean_over_blocks(comparison, analysis, arm, &CellSummary::sparsity);
    const auto seconds =
        mean_over_blocks(comparison, analysis, arm, &CellSummary::seconds_per_epoch);
    const auto epochs = mean_over_blocks(comparison, analysis, arm, &CellSummary::epochs);
    table.cell(sparsity ? fmt::format("{:.1f} %", 100 * *sparsity) : "–");
    table.cell(seconds ? significant(*seconds) : "–");
    table.cell(epochs ? fmt::format("{:.1f}", *epochs) : "–");
  }
  return table.html();
}

std::string friedman_text(const ScoreTests& tests) {
  const FriedmanResult& friedman = tests.friedman;
  return fmt::format(" By {}: χ² = {}, {}; in Iman and Davenport’s form F = {}, {}{}.",
                     tests.score == "mae" ? "MAE" : "RMSE", significant(friedman.chi_square),
                     p_value_text(friedman.chi_square_p), significant(friedman.f),
                     p_value_text(friedman.f_p),
                     friedman.note.empty() ? "" : " (" + friedman.note + ")");
}

/// Whether the arms differ at all, by each score.
std::string friedman_paragraph(const Analysis& analysis) {
  const FriedmanResult& first = analysis.tests.front().friedman;
  if (!first.tested) {
    return paragraph("Whether the arms differ at all was not tested: " + first.note + ".");
  }
  std::string text = "Do the arms differ at all? Friedman’s test asks that of their ranks.";
  for (const ScoreTests& tests : analysis.tests) text += friedman_text(tests);
  return paragraph(text);
}

/// Names of the blocks that no test looks at; empty where there is none.
std::string left_out(const Comparison& comparison, const Analysis& analysis) {
  std::vector<std::string> names;
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    if (std::ranges::find(analysis.complete_blocks, b) == analysis.complete_blocks.end()) {
      names.push_back(comparison.blocks[b].name);
    }
  }
  if (names.empty()) return "";
  std::string text =
      fmt::format("{} left out of ranks and tests, as not every trial of every arm finished there:",
                  names.size() == 1 ? "1 block is" : fmt::format("{} blocks are", names.size()));
  for (const std::string& name : names) text += (&name == &names.front() ? " " : ", ") + name;
  return paragraph(text + ".");
}

std::string what_it_rests_on(const Comparison& comparison, const Analysis& analysis) {
  const std::size_t blocks = analysis.complete_blocks.size();
  std::string text = fmt::format(
      "A block is one {}; its trials are averaged before anything is tested, one value per arm. "
      "Trials differ in their seed alone, and blocks of one data set share its rows: neither are "
      "independent data sets. ",
      block_axes(comparison));
  text += fmt::format(
      "The p values treat the {} as independent; they come from {}, and a claim about data in "
      "general rests on {}.",
      counted(blocks, "complete block"), counted(analysis.datasets, "data set"),
      analysis.datasets == 1 ? "this one" : "these few");
  return paragraph(text);
}

/// Why there are no tests.
std::string reason(const Comparison& comparison) {
  return comparison.arms.size() < 2 ? "there is a single arm, and nothing to compare it with"
                                    : "on no block did every trial of every arm finish";
}

}  // namespace

std::string ranks_section(const Comparison& comparison, const Analysis& analysis) {
  std::string html = "<section id=\"ranks\">\n<h2>Average ranks</h2>\n";
  if (analysis.tests.empty()) {
    html += paragraph("Nothing was tested: " + reason(comparison) + ".");
    html += arm_table(comparison, analysis);
  } else {
    html += diagram(comparison, analysis.tests.front()) + arm_table(comparison, analysis);
    html += friedman_paragraph(analysis);
    html += what_it_rests_on(comparison, analysis);
  }
  return html + left_out(comparison, analysis) + "</section>\n";
}

}  // namespace espalier
