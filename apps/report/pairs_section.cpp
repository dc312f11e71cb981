#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/report/html.h"
#include "apps/report/numbers.h"
#include "apps/report/tests_section.h"

namespace espalier {

namespace {

constexpr double significance_level = 0.05;

void add_pair(HtmlTable& table, const Comparison& comparison, const PairTest& pair) {
  table.begin_row(escape_html(comparison.arms[pair.arm]));
  table.cell(fmt::format("{} / {}", pair.wins, pair.losses));
  table.cell(signed_percent(pair.median_percent_change));
  table.cell(significant(pair.wilcoxon.statistic));
  table.cell(p_value_html(pair.wilcoxon.p) + (pair.wilcoxon.exact ? " exact" : " normal"));
  table.cell(p_value_html(pair.holm_p));
  table.cell(signed_number(pair.rank_biserial));
}

std::string pairs_table(const Comparison& comparison, const ScoreTests& tests,
                        std::string_view score) {
  HtmlTable table(
      fmt::format("Each arm against {}, by {}", comparison.arms[comparison.reference], score));
  table.column("arm");
  table.column("wins / losses");
  table.column("median change");
  table.column("Wilcoxon’s W");
  table.column("p");
  table.column("p, Holm");
  table.column("rank-biserial");
  for (const PairTest& pair : tests.pairs) add_pair(table, comparison, pair);
  return table.html();
}

std::string explanation(const Comparison& comparison) {
  return fmt::format(
      "<p class=\"note\">Blocks where the arm’s error is below that of {0} (wins) or above (losses); "
      "the median over blocks of its change, negative where the arm is better; Wilcoxon’s "
      "signed-rank test of one pair per block, on the errors’ logarithms so that units don’t count, "
      "its p exact or from the normal distribution, and adjusted by Holm for testing {1}; the rank-biserial correlation, −1 where the arm is better on "
      "every block, 1 where it is worse.</p>\n",
      escape_html(comparison.arms[comparison.reference]),
      counted(comparison.arms.size() - 1, "pair"));
}

std::string attainable(const Analysis& analysis) {
  const std::size_t pairs = analysis.tests.front().pairs.size();
  std::string text =
      fmt::format("With {}, no p of this test can be below {:.4g}",
                  counted(analysis.complete_blocks.size(), "complete block"), analysis.smallest_p);
  if (pairs > 1) {
    text += fmt::format(", nor below {:.4g} after Holm’s adjustment for {} pairs",
                        analysis.smallest_holm_p, pairs);
  }
  text += analysis.smallest_holm_p > significance_level
              ? ": whatever the scores, it can tell no pair apart at 0.05."
              : ".";
  return "<p>" + text + "</p>\n";
}

}  // namespace

std::string pairs_section(const Comparison& comparison, const Analysis& analysis) {
  if (analysis.tests.empty() || analysis.tests.front().pairs.empty()) return "";
  std::string html = fmt::format("<section id=\"pairs\">\n<h2>Each arm against {}</h2>\n",
                                 escape_html(comparison.arms[comparison.reference]));
  html += pairs_table(comparison, analysis.tests.front(), "MAE") + attainable(analysis) +
          explanation(comparison);
  for (std::size_t i = 1; i < analysis.tests.size(); ++i) {
    html += "<details><summary>The same by RMSE</summary>\n" +
            pairs_table(comparison, analysis.tests[i], "RMSE") + "</details>\n";
  }
  return html + "</section>\n";
}

}  // namespace espalier
