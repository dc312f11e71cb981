#include "apps/report/report.h"

#include <fmt/format.h>

#include "apps/config/sections.h"
#include "apps/data/cell_text.h"
#include "apps/report/charts.h"
#include "apps/report/html.h"
#include "apps/report/numbers.h"
#include "apps/report/page_files.h"
#include "apps/report/scores_section.h"
#include "apps/report/tests_section.h"

namespace espalier {

using nlohmann::ordered_json;

namespace {

/// More of them would push the results off the first screen.
constexpr std::size_t most_failures_unfolded = 5;

struct TrialCounts {
  std::size_t finished = 0;
  std::size_t failed = 0;
  std::size_t missing = 0;
};

TrialCounts count_trials(const ComparisonResults& results) {
  TrialCounts counts;
  for (const auto& trial : results.trials) {
    ++(!trial ? counts.missing : trial->failed() ? counts.failed : counts.finished);
  }
  return counts;
}

/// "4 arms × 3 blocks × 10 trials, protocol honest, 120 trials: 118 finished, 1 failed, 1 not run"
std::string what_was_run(const Comparison& comparison, const ComparisonResults& results) {
  const TrialCounts counts = count_trials(results);
  std::string text = fmt::format("{} × {} × {}, protocol {}, {}: {} finished",
                                 counted(comparison.arms.size(), "arm"),
                                 counted(comparison.blocks.size(), "block"),
                                 counted(static_cast<std::size_t>(comparison.trials), "trial"),
                                 protocol_name(comparison.protocol),
                                 counted(comparison.trial_count(), "trial"), counts.finished);
  if (counts.failed > 0) text += fmt::format(", {} failed", counts.failed);
  if (counts.missing > 0) text += fmt::format(", {} not run", counts.missing);
  return text;
}

std::string failures(const Comparison& comparison, const ComparisonResults& results) {
  HtmlTable table("Trials that failed");
  std::size_t count = 0;
  table.column("trial");
  table.column("reason", "text");
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      for (std::int64_t t = 0; t < comparison.trials; ++t) {
        const auto& trial = results.trials[trial_index(comparison, {b, arm, t})];
        if (!trial || !trial->failed()) continue;
        table.begin_row(escape_html(trial_name(comparison, {b, arm, t})));
        table.cell(escape_html(trial->failure), "text");
        ++count;
      }
    }
  }
  if (count == 0) return "";
  if (count <= most_failures_unfolded) return table.html();
  return fmt::format("<details><summary>{} failed</summary>\n{}</details>\n",
                     counted(count, "trial"), table.html());
}

std::string header(const Comparison& comparison, const ComparisonResults& results,
                   const ReportContext& context) {
  std::string html = "<header>\n<h1>" + escape_html(comparison.name) + "</h1>\n";
  if (!comparison.question.empty()) {
    html += "<p class=\"question\">" + escape_html(comparison.question) + "</p>\n";
  }
  if (!context.answer.empty()) {
    html += "<p class=\"answer\">" + escape_html(context.answer) + "</p>\n";
  }
  html += "<p class=\"run\">" + escape_html(what_was_run(comparison, results)) + ".</p>\n";
  return html + failures(comparison, results) + "</header>\n";
}

/// A <select> over the choices' labels; nothing where there is no choice.
std::string choice(const ordered_json& choices, std::string_view label) {
  if (choices.size() < 2) return "";
  std::string options;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    options += fmt::format("<option value=\"{}\">{}</option>", i,
                           escape_html(choices[i]["label"].get<std::string>()));
  }
  return fmt::format("<p><label>{} <select>{}</select></label></p>\n", label, options);
}

struct Figure {
  std::string_view chart;
  std::string_view title;
  std::string_view text;
  bool low = false;
};

std::string figure(const Figure& figure) {
  return fmt::format(
      "<figure><h3>{1}</h3>\n<div class=\"chart{3}\"><canvas data-chart=\"{0}\" role=\"img\" "
      "aria-label=\"Chart: {1}. {2}\"></canvas></div>\n<figcaption>{2}</figcaption></figure>\n",
      figure.chart, figure.title, figure.text, figure.low ? " low" : "");
}

std::string chart_sections(const ordered_json& windows, const ordered_json& blocks) {
  std::string html =
      "<section id=\"windows\" data-choices=\"windows\">\n<h2>Error by window</h2>\n" +
      choice(windows, "Data set and model");
  html += figure(
      {"error", "Mean absolute error",
       "Means over trials with their 95 % intervals; baselines in grey. A click on a name of the "
       "legend hides or shows it. Baselines far above every arm are hidden at first or, "
       "with a single window, left out."});
  html += "</section>\n<section id=\"block\" data-choices=\"blocks\">\n<h2>Training</h2>\n" +
          choice(blocks, "Block");
  html +=
      figure({"sparsity", "Weights pruned, by epoch",
              "Means over the trials still trained at that epoch, as in the two charts below."});
  html += figure({"seconds", "Seconds per epoch",
                  "Wall-clock time of training and validation; trials that ran beside others "
                  "shared the processor with them.",
                  true});
  html += figure({"loss", "Learning curves",
                  "Loss on the validation rows; dashed: on the training rows, each batch before "
                  "its step."});
  html += figure({"forecast", "Forecasts and truth",
                  "The last scored values of the first target, one step ahead: the truth, wide and "
                  "grey, and the first trial of each arm."});
  return html + "</section>\n";
}

std::string charts_or_reason(const ordered_json& windows, const ordered_json& blocks,
                             const ReportContext& context) {
  if (context.chart_library) {
    return "<noscript><p class=\"note\">The charts take JavaScript.</p></noscript>\n" +
           chart_sections(windows, blocks);
  }
  return "<section id=\"charts\">\n<h2>Charts</h2>\n<p>There are no charts here, as Chart.js was "
         "not found: Debian’s package <code>libjs-chart.js</code> brings it.</p>\n</section>\n";
}

std::string scripts(const ordered_json& windows, const ordered_json& blocks,
                    const ReportContext& context) {
  if (!context.chart_library) return "";
  return "<script type=\"application/json\" id=\"chart-data\">" +
         script_json({{"windows", windows}, {"blocks", blocks}}) + "</script>\n<script>" +
         script_code(*context.chart_library) + "</script>\n<script>\n" + script_code(report_js) +
         "</script>\n";
}

std::string making(const ReportContext& context) {
  HtmlTable table("Where and of what");
  for (const auto& [label, text] : context.provenance) {
    table.begin_row(escape_html(label));
    table.cell(escape_html(text), "text");
  }
  std::string html = "<section id=\"making\">\n<h2>How it was made</h2>\n";
  if (!context.provenance.empty()) html += table.html();
  return html + "<details><summary>The config, as given</summary>\n<pre>" +
         escape_html(context.config) + "</pre></details>\n</section>\n";
}

}  // namespace

std::string report_html(const Comparison& comparison, const ComparisonResults& results,
                        const Analysis& analysis, const ReportContext& context) {
  const ordered_json windows = window_charts(comparison, results, analysis);
  const ordered_json blocks = block_charts(comparison, results);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escape_html(comparison.name) + "</title>\n<style>\n" + std::string(report_css) +
         "</style>\n</head>\n" +
         fmt::format("<body style=\"--arms: {}\">\n", comparison.arms.size()) +
         header(comparison, results, context) + "<main>\n" +
         scores_section(comparison, results, analysis) + ranks_section(comparison, analysis) +
         pairs_section(comparison, analysis) + charts_or_reason(windows, blocks, context) +
         making(context) + "</main>\n" + scripts(windows, blocks, context) + "</body>\n</html>\n";
}

}  // namespace espalier
