#include "apps/explain/explanation_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/explain/layout.h"
#include "apps/explain/text_table.h"

namespace espalier {

namespace {

std::string window_text(const ExplainedWindow& window) {
  const std::int64_t rows = std::ssize(window.input_times);
  TextTable table("time");
  for (const char* name : {"target", "truth", "forecast", "error"}) table.column(name);
  table.column("truth", "scaled");
  table.column("forecast", "scaled");
  for (std::size_t i = 0; i < window.truth.own.size(); ++i) {
    const std::size_t targets = window.targets.size();
    table.begin_row(window.forecast_times[i / targets]);
    table.cell(window.targets[i % targets]);
    table.cell(number(window.truth.own[i]));
    table.cell(number(window.forecast.own[i]));
    table.cell(number(window.forecast.own[i] - window.truth.own[i]));
    table.cell(number(window.truth.scaled[i]));
    table.cell(number(window.forecast.scaled[i]));
  }
  std::string text = fmt::format(
      "One window through the {} of {}\n\n"
      "WINDOW\n"
      "Rows {} to {} are the inputs: {} to {} (the cutoff).\n"
      "Row {} is forecast first (--row can be {} to {}). {}.\n\n{}\n",
      window.model, window.run, window.row - rows, window.row - 1, window.input_times.front(),
      window.input_times.back(), window.row, window.first_row, window.last_row,
      part_in_words(window), table.text(text_width));
  text += precision_in_words(window) + "\n";
  if (window.random) text += samples_in_words(window) + "\n";
  return text;
}

std::string inputs_text(const ExplainedWindow& window) {
  const std::size_t features = window.features.size();
  TextTable table(" row  time");
  for (const std::string& feature : window.features) {
    table.column("own units", feature);
    table.column("scaled", feature);
  }
  for (std::size_t t = 0; t < window.input_times.size(); ++t) {
    table.begin_row(row_head(window, t));
    for (std::size_t i = t * features; i < (t + 1) * features; ++i) {
      table.cell(number(window.inputs.own[i]));
      table.cell(number(window.inputs.scaled[i]));
    }
  }
  return fmt::format("\nINPUTS: {} of {}\n{}", counted(window.input_times.size(), "row"),
                     counted(features, "feature"), table.text(text_width));
}

std::string loss_text(const ExplainedWindow& window) {
  TextTable table("step");
  for (const char* name : {"target", "forecast", "truth", "difference"}) table.column(name);
  table.column(loss_term_name(window));
  for (std::size_t i = 0; i < window.truth.scaled.size(); ++i) {
    const LossTerm term = loss_term(window, i);
    table.begin_row(fmt::format("{:>4}", i / window.targets.size() + 1));
    table.cell(window.targets[i % window.targets.size()]);
    table.cell(number(window.forecast.scaled[i]));
    table.cell(number(window.truth.scaled[i]));
    table.cell(number(term.difference));
    table.cell(number(term.value));
  }
  return fmt::format("\nOUTPUT AND LOSS, scaled\n{}\n{} = {:.10g}\n", table.text(text_width),
                     loss_in_words(window), loss_value(window));
}

}  // namespace

std::vector<std::size_t> shown_units(const ExplainedWindow& window, const UnitChoice& choice,
                                     std::size_t layer) {
  constexpr std::size_t most = 3;
  if (choice.empty()) return strongest_units(window, layer, most);
  return {choice.begin(), choice.end()};
}

std::string verdict(const ExplainedWindow& window) {
  const double_precision::Explanation& inside = window.inside;
  const double_precision::ExplainedNode* worst = &inside.nodes.front();
  std::size_t at = 0;
  for (std::size_t k = 0; k < inside.nodes.size(); ++k) {
    if (inside.nodes[k].worst_error() <= worst->worst_error()) continue;
    if (std::isnan(worst->worst_error())) break;
    worst = &inside.nodes[k];
    at = k;
  }
  const std::size_t wrong = inside.disagreements();
  const std::string broken =
      window.broken_op.empty()
          ? ""
          : fmt::format("\nThe derivatives of {} were made wrong on purpose (--break).",
                        window.broken_op);
  return fmt::format("{} of {} derivatives compared; worst error {:.1e} (node {}): {}{}",
                     inside.compared(), inside.derivatives(), worst->worst_error(), at,
                     wrong == 0 ? "all agree." : fmt::format("{} DISAGREE.", wrong), broken);
}

std::string explanation_text(const ExplainedWindow& window, const UnitChoice& choice) {
  return window_text(window) + inputs_text(window) + forward_text(window, choice) +
         loss_text(window) + gradients_text(window) + "\n" + verdict(window) + "\n";
}

}  // namespace espalier
