#include <fmt/format.h>

#include "apps/explain/explanation_text.h"
#include "apps/explain/layout.h"
#include "apps/explain/page_charts.h"
#include "apps/explain/page_tables.h"
#include "apps/report/html.h"
#include "apps/report/page_files.h"

namespace espalier {

using nlohmann::ordered_json;

namespace {

std::string paragraph(std::string_view text, std::string_view html_class = "") {
  return fmt::format("<p{}>{}</p>\n",
                     html_class.empty() ? "" : fmt::format(" class=\"{}\"", html_class),
                     escape_html(text));
}

std::string section_start(std::string_view title, std::string_view attributes = "") {
  return fmt::format("<section{}>\n<h2>{}</h2>\n", attributes, escape_html(title));
}

/// A <select> over the choices' labels; nothing where there is no choice.
std::string choice_of(const ordered_json& choices, std::string_view label) {
  if (choices.size() < 2) return "";
  std::string options;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    options += fmt::format("<option value=\"{}\">{}</option>", i,
                           escape_html(choices[i]["label"].get<std::string>()));
  }
  return fmt::format("<p><label>{} <select>{}</select></label></p>\n", label, options);
}

std::string figure(std::string_view chart, std::string_view title, std::string_view text) {
  return fmt::format(
      "<figure>\n<div class=\"chart\"><canvas data-chart=\"{0}\" role=\"img\" "
      "aria-label=\"Chart: {1}\"></canvas></div>\n<figcaption>{2}</figcaption></figure>\n",
      chart, title, text);
}

std::string header(const ExplainedWindow& window) {
  const std::string title = fmt::format("One window through the {}", window.model);
  const bool agree = window.inside.disagreements() == 0;
  std::string html = "<header>\n<h1>" + escape_html(title) + "</h1>\n";
  html += paragraph(
      fmt::format("{}: {} to {} are known, {} is forecast", window.run, window.input_times.front(),
                  window.input_times.back(), window.forecast_times.front()),
      "question");
  html += forecasts_table(window);
  html += paragraph(part_in_words(window) + ". " + precision_in_words(window), "note");
  if (window.random) html += paragraph(samples_in_words(window), "note");
  html += paragraph(verdict(window), agree ? "agree" : "wrong");
  return html + "</header>\n";
}

std::string heat_section(const ExplainedWindow& window, const ordered_json& maps) {
  if (maps.empty()) return "";
  const bool gates = !window.inside.recurrent_layers.empty();
  std::string html = section_start(gates ? "All units over time" : "Attention", " class=\"heat\"");
  html += choice_of(maps, gates ? "Gate" : "Head");
  html += "<canvas role=\"img\"></canvas>\n<output></output>\n";
  html += paragraph(gates ? "A row per unit, a column per row of the window. Orange is above 0, "
                            "blue below, full at the largest magnitude."
                          : "How much each query (down) takes from each key (across); tokens are "
                            "named by the rows of the window they cover. A row sums to 1.",
                    "note");
  html += "<noscript><p class=\"note\">The map takes JavaScript.</p></noscript>\n";
  const std::string tables = attention_tables(window);
  if (!tables.empty()) {
    html += "<details><summary>The weights as tables</summary>\n" + tables + "</details>\n";
  }
  return html + "</section>\n";
}

std::string gates_section(const ExplainedWindow& window, const UnitChoice& choice,
                          const ordered_json& charts, bool drawn) {
  if (window.inside.recurrent_layers.empty()) return "";
  std::string html = section_start("Gates over time", drawn ? " data-choices=\"gates\"" : "");
  if (drawn) {
    html += choice_of(charts, "Unit") +
            figure("gates", "gates of one unit over the rows of the window",
                   "Units are in the order of |h| at the end. A click on a name of the legend "
                   "hides or shows it.");
  }
  const std::string replaced = replaced_states_in_words(window);
  if (!replaced.empty()) html += paragraph(replaced, "note");
  html += "<details><summary>The numbers of the units chosen or strongest</summary>\n";
  for (std::size_t layer = 0; layer < window.inside.recurrent_layers.size(); ++layer) {
    for (const std::size_t unit : shown_units(window, choice, layer)) {
      html += unit_table(window, layer, unit);
    }
  }
  return html + "</details>\n</section>\n";
}

std::string backward_section(const ExplainedWindow& window, const ordered_json& norms, bool drawn) {
  const bool chart = drawn && !norms.empty();
  const bool agree = window.inside.disagreements() == 0;
  std::string html = section_start("Backward", chart ? " data-choices=\"norms\"" : "");
  html += paragraph(comparison_in_words(window));
  if (chart) {
    html += choice_of(norms, "Layer") +
            figure("norms", "norm of the gradient of each gate over the rows of the window",
                   "How much of the gradient reaches back to each row.");
  }
  html += fmt::format("<details{}><summary>Node by node</summary>\n", agree ? "" : " open") +
          gradients_table(window) + "</details>\n";
  return html + "</section>\n";
}

std::string data_script(std::string_view id, const ordered_json& data) {
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id,
                     script_json(data));
}

std::string script(std::string_view code) {
  return "<script>\n" + script_code(code) + "</script>\n";
}

}  // namespace

std::string explanation_page(const ExplainedWindow& window, const UnitChoice& choice,
                             const std::optional<std::string>& chart_library) {
  const ordered_json charts = gate_charts(window, choice);
  const ordered_json norms = gradient_charts(window);
  const ordered_json maps = heat_maps(window);
  const bool drawn = chart_library && !charts.empty();
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escape_html("Window " + std::to_string(window.row) + " of " + window.run) +
      "</title>\n<style>\n" + std::string(report_css) + std::string(explain_css) +
      "</style>\n</head>\n<body style=\"--arms: 6\">\n" + header(window) + "<main>\n";
  html += section_start("Inputs") + inputs_table(window) + "</section>\n";
  html += gates_section(window, choice, charts, drawn) + heat_section(window, maps);
  if (maps.empty()) html += section_start("Forward") + named_table(window) + "</section>\n";
  html += section_start("Output and loss") + loss_table(window) +
          paragraph(fmt::format("{} = {:.10g}", loss_in_words(window), loss_value(window))) +
          "</section>\n" + backward_section(window, norms, drawn) + "</main>\n";
  if (drawn) {
    html += data_script("chart-data", {{"gates", charts}, {"norms", norms}}) +
            script(*chart_library) + script(report_js);
  }
  if (!maps.empty()) html += data_script("heat-data", maps) + script(explain_js);
  return html + "</body>\n</html>\n";
}

}  // namespace espalier
