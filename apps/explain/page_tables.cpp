#include "apps/explain/page_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/explain/layout.h"
#include "apps/report/html.h"

namespace espalier {

using double_precision::ComparedDerivative;
using double_precision::ExplainedNode;
using double_precision::ExplainedStep;

namespace {

void add_columns(HtmlTable& table, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) table.column(name);
}

void add_numbers(HtmlTable& table, std::initializer_list<double> values) {
  for (const double value : values) table.cell(number(value));
}

std::string head_with_time(std::size_t row, const std::string& time) {
  return fmt::format("{} ({})", row, escape_html(time));
}

std::string attention_table(const ExplainedWindow& window, std::size_t layer, std::size_t head,
                            std::size_t channel) {
  const ExplainedNode& weights = window.inside.nodes[window.inside.attention[layer]];
  const auto tokens = static_cast<std::size_t>(weights.shape[1]);
  HtmlTable table(attention_title(window, layer, head, channel));
  table.column("query");
  for (std::size_t key = 0; key < tokens; ++key) table.column(token_rows(window, key));
  for (std::size_t query = 0; query < tokens; ++query) {
    table.begin_row(token_rows(window, query));
    for (std::size_t key = 0; key < tokens; ++key) {
      table.cell(fmt::format("{:.3f}", attention_weight(weights, head, query, key, channel)));
    }
  }
  return table.html();
}

std::string listed(const ExplainedNode& node) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most_listed, node.values.size()); ++i) {
    text += (i == 0 ? "" : " ") + number(node.values[i]);
  }
  return node.values.size() > most_listed ? text + " …" : text;
}

/// The step that node `k` belongs to, in words; empty where it belongs to none.
std::string place_of(const ExplainedWindow& window, std::size_t k) {
  const auto& layers = window.inside.recurrent_layers;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (std::size_t t = 0; t < layers[layer].size(); ++t) {
      const ExplainedStep& step = layers[layer][t];
      if (k >= step.first && k <= step.last) return fmt::format("layer {}, row {}", layer, t + 1);
    }
  }
  return "";
}

}  // namespace

std::string forecasts_table(const ExplainedWindow& window) {
  HtmlTable table("Truth and forecast, in the file’s units and scaled");
  add_columns(
      table, {"time", "target", "truth", "forecast", "error", "truth, scaled", "forecast, scaled"});
  const std::size_t targets = window.targets.size();
  for (std::size_t i = 0; i < window.truth.own.size(); ++i) {
    table.begin_row(escape_html(window.forecast_times[i / targets]));
    table.cell(escape_html(window.targets[i % targets]));
    add_numbers(table, {window.truth.own[i], window.forecast.own[i],
                        window.forecast.own[i] - window.truth.own[i], window.truth.scaled[i],
                        window.forecast.scaled[i]});
  }
  return table.html();
}

std::string inputs_table(const ExplainedWindow& window) {
  HtmlTable table("In the file’s units and scaled, as the network sees them");
  table.column("row");
  for (const std::string& feature : window.features) {
    table.column(feature);
    table.column("scaled");
  }
  const std::size_t features = window.features.size();
  for (std::size_t t = 0; t < window.input_times.size(); ++t) {
    table.begin_row(head_with_time(t + 1, window.input_times[t]));
    for (std::size_t i = t * features; i < (t + 1) * features; ++i) {
      add_numbers(table, {window.inputs.own[i], window.inputs.scaled[i]});
    }
  }
  return table.html();
}

std::string unit_table(const ExplainedWindow& window, std::size_t layer, std::size_t unit) {
  HtmlTable table(fmt::format("Layer {}, unit {}", layer, unit));
  const auto& steps = window.inside.recurrent_layers[layer];
  table.column("row");
  for (const std::uint32_t gate : steps.front().gates) {
    table.column(window.inside.nodes[gate].name);
  }
  for (std::size_t t = 0; t < steps.size(); ++t) {
    table.begin_row(head_with_time(t + 1, window.input_times[t]));
    for (const std::uint32_t gate : steps.front().gates) {
      const ExplainedNode* node = find_gate(window, steps[t], window.inside.nodes[gate].name);
      table.cell(node == nullptr ? "–" : fmt::format("{:.5f}", node->values[unit]));
    }
  }
  return table.html();
}

std::string attention_tables(const ExplainedWindow& window) {
  constexpr std::size_t most_cells = 20'000;
  std::size_t cells = 0;
  std::string html;
  for (std::size_t layer = 0; layer < window.inside.attention.size(); ++layer) {
    const ExplainedNode& weights = window.inside.nodes[window.inside.attention[layer]];
    cells += weights.values.size();
    if (cells > most_cells) return "";
    for (std::int64_t head = 0; head < weights.shape[0]; ++head) {
      for (std::int64_t channel = 0; channel < weights.shape[3]; ++channel) {
        html += attention_table(window, layer, static_cast<std::size_t>(head),
                                static_cast<std::size_t>(channel));
      }
    }
  }
  return html;
}

std::string named_table(const ExplainedWindow& window) {
  HtmlTable table("What the network computes on the way");
  add_columns(table, {"node", "shape"});
  table.column("values", "text");
  const auto add = [&table](const std::string& title, const ExplainedNode& node) {
    table.begin_row(escape_html(title));
    table.cell(shape_text(node.shape));
    table.cell(listed(node), "text");
  };
  for (const ExplainedNode& node : window.inside.nodes) {
    if (!node.name.empty()) add(node_title(node), node);
  }
  const ExplainedNode& forecast = window.inside.nodes[window.inside.forecast];
  add("forecast = " + forecast.op, forecast);
  return table.html();
}

std::string loss_table(const ExplainedWindow& window) {
  HtmlTable table("Scaled, as the loss sees them");
  add_columns(table, {"step", "target", "forecast", "truth", "difference"});
  table.column(loss_term_name(window));
  const std::size_t targets = window.targets.size();
  for (std::size_t i = 0; i < window.truth.scaled.size(); ++i) {
    const LossTerm term = loss_term(window, i);
    table.begin_row(fmt::format("{}", i / targets + 1));
    table.cell(escape_html(window.targets[i % targets]));
    add_numbers(table,
                {window.forecast.scaled[i], window.truth.scaled[i], term.difference, term.value});
  }
  return table.html();
}

std::string gradients_table(const ExplainedWindow& window) {
  const bool has_steps = !window.inside.recurrent_layers.empty();
  HtmlTable table("Nodes from the loss back to the inputs");
  table.column("node");
  table.column("what", "text");
  if (has_steps) table.column("of");
  add_columns(table, {"shape", "|gradient|", "steepest element", "by backward", "by difference",
                      "worst error", "compared"});
  const double_precision::Explanation& inside = window.inside;
  for (std::size_t k = inside.nodes.size(); k-- > 0;) {
    const ExplainedNode& node = inside.nodes[k];
    if (node.gradient.empty()) continue;
    const std::size_t steepest = node.steepest();
    const auto compared = std::ranges::find(node.compared, steepest, &ComparedDerivative::element);
    table.begin_row(fmt::format("{}", k));
    table.cell(escape_html(node_title(node)), "text");
    if (has_steps) table.cell(place_of(window, k));
    table.cell(shape_text(node.shape));
    table.cell(fmt::format("{:.3e}", node.gradient_norm()));
    table.cell(element_text(node.shape, steepest));
    table.cell(fmt::format("{:.6e}", compared->backward));
    table.cell(fmt::format("{:.6e}", compared->difference));
    table.cell(fmt::format("{:.0e}", node.worst_error()), inside.agrees(node) ? "" : "wrong");
    table.cell(fmt::format("{} of {}", node.compared.size(), node.gradient.size()));
  }
  return table.html();
}

}  // namespace espalier
