#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/explain/explanation_text.h"
#include "apps/explain/layout.h"
#include "apps/explain/text_table.h"

namespace espalier {

using double_precision::ExplainedNode;
using double_precision::ExplainedStep;

namespace {

std::string gate_number(double value) {
  return fmt::format("{:.5f}", value);
}

/// One row per step, one column per gate, of what `read` makes of a gate's values.
template <typename Read>
std::string gates_table(const ExplainedWindow& window, std::size_t layer, Read read) {
  const auto& steps = window.inside.recurrent_layers[layer];
  TextTable table(" row  time");
  for (const std::uint32_t gate : steps.front().gates) {
    table.column(window.inside.nodes[gate].name);
  }
  for (std::size_t t = 0; t < steps.size(); ++t) {
    table.begin_row(row_head(window, t));
    for (const std::uint32_t gate : steps.front().gates) {
      const ExplainedNode* node = find_gate(window, steps[t], window.inside.nodes[gate].name);
      table.cell(node == nullptr ? "-" : gate_number(read(node->values)));
    }
  }
  return table.text(text_width);
}

double mean_magnitude(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value);
  return sum / static_cast<double>(values.size());
}

std::string recurrent_text(const ExplainedWindow& window, const UnitChoice& choice) {
  std::string text;
  const std::size_t layers = window.inside.recurrent_layers.size();
  for (std::size_t layer = 0; layer < layers; ++layer) {
    const std::size_t hidden = hidden_units(window, layer);
    text += fmt::format("\nFORWARD: recurrent layer {} of {}, {} units\n", layer, layers, hidden);
    text += replaced_states_in_words(window);
    for (const std::size_t unit : shown_units(window, choice, layer)) {
      text += fmt::format("\nUnit {}{}\n", unit,
                          choice.empty() ? ", among those with the largest |h| at the end" : "");
      text += gates_table(window, layer,
                          [unit](const std::vector<double>& values) { return values[unit]; });
    }
    text += fmt::format("\nAll {} units: the mean of magnitudes\n", hidden);
    text += gates_table(window, layer, mean_magnitude);
  }
  return text;
}

/// Weights of one head for one channel.
std::string attention_table(const ExplainedWindow& window, const ExplainedNode& weights,
                            std::size_t head, std::size_t channel) {
  const auto tokens = static_cast<std::size_t>(weights.shape[1]);
  TextTable table("query");
  for (std::size_t key = 0; key < tokens; ++key) table.column(token_rows(window, key));
  for (std::size_t query = 0; query < tokens; ++query) {
    table.begin_row(token_rows(window, query));
    for (std::size_t key = 0; key < tokens; ++key) {
      table.cell(fmt::format("{:.3f}", attention_weight(weights, head, query, key, channel)));
    }
  }
  return table.text(text_width);
}

std::string attention_text(const ExplainedWindow& window) {
  const auto& layers = window.inside.attention;
  std::string text = fmt::format(
      "\nFORWARD: attention weights\n"
      "A query's row says how much it takes from each key. Tokens are patches, named by\n"
      "the rows of the window they cover{}.\n",
      window.inside.patches.back().second > std::ssize(window.input_times)
          ? "; +: and the last one repeated"
          : "");
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const ExplainedNode& weights = window.inside.nodes[layers[layer]];
    const auto heads = static_cast<std::size_t>(weights.shape[0]);
    const auto channels = static_cast<std::size_t>(weights.shape[3]);
    for (std::size_t head = 0; head < heads; ++head) {
      for (std::size_t channel = 0; channel < channels; ++channel) {
        text += "\n" + attention_title(window, layer, head, channel) + "\n";
        text += attention_table(window, weights, head, channel);
      }
    }
  }
  return text;
}

/// The values of a node, in lines.
std::string values_text(const ExplainedNode& node) {
  std::string text, line;
  for (std::size_t i = 0; i < std::min(most_listed, node.values.size()); ++i) {
    const std::string next = fmt::format("  {}", number(node.values[i]));
    if (line.size() + next.size() > text_width) text += std::exchange(line, "") + "\n";
    line += next;
  }
  if (node.values.size() > most_listed) {
    line += fmt::format("  … {} more in --json", node.values.size() - most_listed);
  }
  return text + line + "\n";
}

/// Whatever has a name, for networks without gates and attention.
std::string named_text(const ExplainedWindow& window) {
  std::string text = fmt::format("\nFORWARD: what the {} computes\n", window.model);
  for (const ExplainedNode& node : window.inside.nodes) {
    if (node.name.empty()) continue;
    text += fmt::format("{} {}\n{}", node_title(node), shape_text(node.shape), values_text(node));
  }
  const ExplainedNode& forecast = window.inside.nodes[window.inside.forecast];
  return text + fmt::format("forecast = {} {}\n{}", forecast.op, shape_text(forecast.shape),
                            values_text(forecast));
}

}  // namespace

std::string forward_text(const ExplainedWindow& window, const UnitChoice& choice) {
  if (!window.inside.recurrent_layers.empty()) return recurrent_text(window, choice);
  if (!window.inside.attention.empty()) return attention_text(window);
  return named_text(window);
}

}  // namespace espalier
