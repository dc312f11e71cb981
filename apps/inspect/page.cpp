#include "apps/inspect/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/inspect/page_tables.h"
#include "apps/inspect/run_recorder.h"
#include "apps/inspect/sentences.h"
#include "apps/report/html.h"
#include "apps/report/page_files.h"

namespace espalier {

namespace {

std::string header(const Inspection& inspection) {
  return fmt::format(
      "<header>\n<h1>{}</h1>\n<p class=\"question\">{}</p>\n<p class=\"answer\">{}</p>\n"
      "<p class=\"{}\">{}</p>\n</header>\n",
      escape_html(inspection.run.config.name), escape_html(what_was_run(inspection)),
      escape_html(what_came_of_it(inspection)), inspection.differences.empty() ? "run" : "warning",
      escape_html(whether_the_same(inspection)));
}

std::string chart(std::string_view id, std::string_view title, std::string_view text) {
  return fmt::format(
      "<figure><h3>{1}</h3>\n<div class=\"chart low\"><canvas id=\"{0}\" role=\"img\" "
      "aria-label=\"Chart: {1}. {2}\"></canvas></div>\n<figcaption>{2}</figcaption></figure>\n",
      id, title, text);
}

std::string training_section(const Inspection& inspection, const PageParts& parts) {
  std::string html = "<section id=\"training\">\n<h2>Training</h2>\n";
  const bool trained = !inspection.matrices.empty();
  if (!trained) return html + history_tables_html(inspection, true) + "</section>\n";
  if (parts.chart_library) {
    html +=
        chart("loss", "Loss",
              "Mean over each epoch’s training windows (each batch before its step) and over the "
              "validation windows (after the last step). Ticks at the bottom: updates of masks. "
              "The upright line is where the slider below stands.");
    html +=
        chart("schedule", "Sparsity and learning rate",
              "Share of the prunable weights: what the schedule aimed at and what was reached, at "
              "each update of masks. Learning rate: of each epoch’s last step, on the right.");
  } else {
    html +=
        "<p>There are no charts here, as Chart.js was not found: Debian’s package "
        "<code>libjs-chart.js</code> brings it.</p>\n";
  }
  return html + history_tables_html(inspection, !parts.chart_library) + "</section>\n";
}

/// How the cells of a heat map are stretched: a matrix fills a third of the page.
struct CellSize {
  std::int64_t across;
  std::int64_t down;
};

CellSize cell_size(const CellGrid& grid) {
  return {std::clamp<std::int64_t>(320 / grid.cell_columns(), 1, 24),
          std::clamp<std::int64_t>(512 / grid.cell_rows(), 1, 16)};
}

std::string heat_map(const MatrixInfo& matrix, std::size_t index) {
  const CellGrid& grid = matrix.grid;
  const CellSize size = cell_size(grid);
  std::string shape = fmt::format("{} × {}", grid.rows, grid.columns);
  if (matrix.blocks > 1) {
    shape += fmt::format(", {} blocks of {} units", matrix.blocks, grid.rows / matrix.blocks);
  }
  if (grid.block_rows * grid.block_columns > 1) {
    shape += fmt::format("; a cell is the largest of {} × {} weights", grid.block_rows,
                         grid.block_columns);
  }
  return fmt::format(
      "<figure class=\"matrix\"><h3>{0}</h3>\n<canvas data-matrix=\"{1}\" width=\"{2}\" "
      "height=\"{3}\" style=\"width: {4}px; height: {5}px\" role=\"img\" aria-label=\"Heat map of "
      "{0}\"></canvas>\n<figcaption>{6}<br><output data-of=\"{1}\"></output></figcaption></figure>\n",
      escape_html(matrix.name), index, grid.cell_columns(), grid.cell_rows(),
      grid.cell_columns() * size.across, grid.cell_rows() * size.down, shape);
}

std::string slider(const Inspection& inspection) {
  const std::size_t last = inspection.snapshots.size() - 1;
  std::string html = fmt::format(
      "<div class=\"slider\"><label for=\"moment\">Moment <output id=\"label\"></output></label>\n"
      "<input id=\"moment\" type=\"range\" min=\"0\" max=\"{0}\" step=\"1\" value=\"{0}\">\n"
      "<dl>\n",
      last);
  for (const char* number : {"target", "achieved", "threshold", "pruned"}) {
    html += fmt::format("<div><dt>{0}</dt><dd><data id=\"{0}\" value=\"\">–</data></dd></div>\n",
                        number);
  }
  return html + "</dl></div>\n";
}

std::string what_is_recorded(const Inspection& inspection) {
  const std::size_t updates = inspection.pruning_lines.size();
  const auto shown = static_cast<std::size_t>(
      std::ranges::count(inspection.snapshots, Snapshot::Moment::update, &Snapshot::moment));
  std::string text = "The slider goes from the start of training over ";
  if (updates == 0) {
    text +=
        fmt::format("the ends of its epochs (at most {}, evenly spread), as nothing was pruned,",
                    RunRecorder::most_moments);
  } else if (shown == updates) {
    text += fmt::format("each of the {} of masks", counted(updates, "update"));
  } else {
    text += fmt::format(
        "{} of the {} updates of masks, evenly spread, the first and the last among "
        "them,",
        shown, updates);
  }
  return text +
         " to the weights that are scored; arrow keys move it by one. The threshold is the largest "
         "magnitude that an update took, where magnitudes rank the weights.";
}

std::string moments_section(const Inspection& inspection, const PageParts& parts) {
  std::string html = "<section id=\"weights\">\n<h2>Weights, moment by moment</h2>\n";
  if (inspection.matrices.empty()) return html + "<p>There is no weight matrix.</p>\n</section>\n";
  html += "<p class=\"note\">" + what_is_recorded(inspection) + "</p>\n" +
          "<noscript><p class=\"note\">The slider takes JavaScript.</p></noscript>\n" +
          slider(inspection);
  html +=
      "<div class=\"legend\"><span><i class=\"negative\"></i>negative</span>"
      "<span><i class=\"zero\"></i>zero</span><span><i class=\"positive\"></i>positive</span>"
      "<span><i class=\"pruned\"></i>pruned</span></div>\n<div class=\"matrices\">\n";
  for (std::size_t i = 0; i < inspection.matrices.size(); ++i) {
    html += heat_map(inspection.matrices[i], i);
  }
  html +=
      "</div>\n<p class=\"note\">Rows are outputs, columns inputs; gates lie one block on top of "
      "the other. Colour grows with the square root of the magnitude, up to the largest of the "
      "matrix at any moment.</p>\n";
  if (parts.chart_library) {
    html += "<p><label>Magnitudes of <select id=\"histogram-of\"></select></label></p>\n";
    html +=
        chart("histogram", "Magnitudes of live weights",
              "As the update found them, in bins a twentieth of a decade wide: what stays and "
              "what it takes. The upright line is the threshold, its own or, where it took none, "
              "that of the last update before it that took any. Decades that never hold 1 % of the "
              "live weights are left out.");
    html += chart("survivors", "Survivors", "Live weights of each matrix, in per cent.");
  }
  return html + "<div id=\"layers\"></div>\n<div id=\"dead\"></div>\n</section>\n";
}

std::string step_section(const Inspection& inspection, const PageParts& parts) {
  std::string html =
      "<section id=\"step\">\n<h2>One training step</h2>\n<p class=\"note\">The graph as the tape "
      "records it, on the run’s first batch with the scored weights; times are medians over several "
      "steps. Bytes are what a node takes of the tape: its value, its gradient, what it keeps for "
      "backward and works on there; of a parameter or of data, the value alone.</p>\n";
  const std::string& svg = parts.drawing.svg;
  if (!svg.empty()) {
    // Without the XML declaration before it.
    html += "<div class=\"scroll graph\">" + svg.substr(std::min(svg.find("<svg"), svg.size())) +
            "</div>\n";
  } else if (!parts.drawing.problem.empty()) {
    html += "<p class=\"note\">Here the graph would be drawn, but " +
            escape_html(parts.drawing.problem) + ".</p>\n";
  }
  return html + step_tables_html(inspection) + "</section>\n";
}

std::string making(const Inspection& inspection) {
  HtmlTable table("Where and of what");
  const auto row = [&table](const char* label, const std::string& text) {
    table.begin_row(label);
    table.cell(escape_html(text), "text");
  };
  row("run", inspection.run.directory);
  row("data", inspection.run.config.data.path + ", SHA-256 " + inspection.run.data_sha256);
  row("program", ESPALIER_VERSION);
  return "<section id=\"making\">\n<h2>How it was made</h2>\n<p>By training the run again with an "
         "onlooker among its regularizers.</p>\n" +
         table.html() + "<details><summary>The config, with every default</summary>\n<pre>" +
         escape_html(inspection.run.resolved) + "</pre></details>\n</section>\n";
}

std::string scripts(const Inspection& inspection, const PageParts& parts) {
  if (inspection.matrices.empty()) return "";
  std::string html = "<script type=\"application/json\" id=\"inspection\">" +
                     script_json(page_data(inspection)) + "</script>\n";
  if (parts.chart_library) {
    html += "<script>" + script_code(*parts.chart_library) + "</script>\n<script>\n" +
            script_code(inspect_charts_js) + "</script>\n";
  }
  return html + "<script>\n" + script_code(inspect_js) + "</script>\n";
}

}  // namespace

std::string page_html(const Inspection& inspection, const PageParts& parts) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escape_html(inspection.run.config.name) + "</title>\n<style>\n" + std::string(report_css) +
      std::string(inspect_css) + "</style>\n</head>\n<body style=\"--arms: 2\">\n" +
      header(inspection) + "<main>\n<section id=\"parameters\">\n<h2>Parameters</h2>\n";
  html += inspection.parameters.empty() ? "<p>The model has none.</p>\n"
                                        : parameter_table_html(inspection);
  return html + "</section>\n" + training_section(inspection, parts) +
         moments_section(inspection, parts) + step_section(inspection, parts) + making(inspection) +
         "</main>\n" + scripts(inspection, parts) + "</body>\n</html>\n";
}

}  // namespace espalier
