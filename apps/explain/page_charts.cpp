#include "apps/explain/page_charts.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/report/chart_parts.h"

namespace espalier {

using double_precision::ExplainedNode;
using double_precision::ExplainedStep;
using nlohmann::ordered_json;

namespace {

/// The strongest are enough to choose from; the heat maps show all.
constexpr std::size_t most_units = 64;

ordered_json row_labels(const ExplainedWindow& window) {
  ordered_json labels = ordered_json::array();
  for (std::size_t t = 0; t < window.input_times.size(); ++t) {
    labels.push_back(fmt::format("{} ({})", t + 1, window.input_times[t]));
  }
  return labels;
}

/// A line per gate over the steps of a layer, of what `read` makes of the gate's node.
template <typename Read>
ordered_json steps_chart(const ExplainedWindow& window, std::size_t layer, Read read,
                         std::string_view y_title) {
  const auto& steps = window.inside.recurrent_layers[layer];
  ordered_json datasets = ordered_json::array();
  for (std::size_t gate = 0; gate < steps.front().gates.size(); ++gate) {
    ordered_json data = ordered_json::array();
    const std::string& name = window.inside.nodes[steps.front().gates[gate]].name;
    for (const ExplainedStep& step : steps) {
      // A regularizer may replace a state at some steps only.
      const ExplainedNode* node = find_gate(window, step, name);
      data.push_back(node == nullptr ? ordered_json() : ordered_json(rounded(read(*node))));
    }
    datasets.push_back(line_dataset(name, name, arm_colour(gate), std::move(data)));
    datasets.back()["pointRadius"] = 2;
  }
  return line_chart(row_labels(window), std::move(datasets), "row of the window", y_title);
}

ordered_json heat_map(std::string label, std::string row, std::string column) {
  return {{"label", std::move(label)},        {"row", std::move(row)},
          {"column", std::move(column)},      {"rows", ordered_json::array()},
          {"columns", ordered_json::array()}, {"values", ordered_json::array()}};
}

/// All units of one gate over time.
ordered_json gate_map(const ExplainedWindow& window, std::size_t layer, std::size_t gate) {
  const auto& steps = window.inside.recurrent_layers[layer];
  const std::string& name = window.inside.nodes[steps.front().gates[gate]].name;
  ordered_json map = heat_map(fmt::format("Layer {}, {}", layer, name), "unit", "row");
  map["columns"] = row_labels(window);
  for (std::size_t unit = 0; unit < hidden_units(window, layer); ++unit) {
    map["rows"].push_back(fmt::format("{}", unit));
    ordered_json values = ordered_json::array();
    for (const ExplainedStep& step : steps) {
      const ExplainedNode* node = find_gate(window, step, name);
      values.push_back(node == nullptr ? 0 : rounded(node->values[unit]));
    }
    map["values"].push_back(std::move(values));
  }
  return map;
}

ordered_json head_map(const ExplainedWindow& window, std::size_t layer, std::size_t head,
                      std::size_t channel) {
  const ExplainedNode& node = window.inside.nodes[window.inside.attention[layer]];
  const auto tokens = static_cast<std::size_t>(node.shape[1]);
  ordered_json map =
      heat_map(attention_title(window, layer, head, channel), "query: rows", "key: rows");
  for (std::size_t query = 0; query < tokens; ++query) {
    map["rows"].push_back(token_rows(window, query));
    map["columns"].push_back(token_rows(window, query));
    ordered_json values = ordered_json::array();
    for (std::size_t key = 0; key < tokens; ++key) {
      values.push_back(rounded(attention_weight(node, head, query, key, channel)));
    }
    map["values"].push_back(std::move(values));
  }
  return map;
}

}  // namespace

ordered_json gate_charts(const ExplainedWindow& window, const UnitChoice& choice) {
  ordered_json choices = ordered_json::array();
  for (std::size_t layer = 0; layer < window.inside.recurrent_layers.size(); ++layer) {
    std::vector<std::size_t> units(choice.begin(), choice.end());
    for (const std::size_t unit : strongest_units(window, layer, most_units)) {
      if (std::ranges::find(units, unit) == units.end()) units.push_back(unit);
    }
    for (const std::size_t unit : units) {
      const auto read = [unit](const ExplainedNode& node) { return node.values[unit]; };
      choices.push_back({{"label", fmt::format("layer {}, unit {}", layer, unit)},
                         {"charts", {{"gates", steps_chart(window, layer, read, "value")}}}});
    }
  }
  return choices;
}

ordered_json gradient_charts(const ExplainedWindow& window) {
  ordered_json choices = ordered_json::array();
  for (std::size_t layer = 0; layer < window.inside.recurrent_layers.size(); ++layer) {
    const auto read = [](const ExplainedNode& node) { return node.gradient_norm(); };
    ordered_json chart = steps_chart(window, layer, read, "norm of the gradient");
    chart["options"]["scales"]["y"]["type"] = "logarithmic";
    choices.push_back(
        {{"label", fmt::format("layer {}", layer)}, {"charts", {{"norms", std::move(chart)}}}});
  }
  return choices;
}

ordered_json heat_maps(const ExplainedWindow& window) {
  ordered_json maps = ordered_json::array();
  for (std::size_t layer = 0; layer < window.inside.recurrent_layers.size(); ++layer) {
    const std::size_t gates = window.inside.recurrent_layers[layer].front().gates.size();
    for (std::size_t gate = 0; gate < gates; ++gate) {
      maps.push_back(gate_map(window, layer, gate));
    }
  }
  for (std::size_t layer = 0; layer < window.inside.attention.size(); ++layer) {
    const ExplainedNode& node = window.inside.nodes[window.inside.attention[layer]];
    for (std::int64_t head = 0; head < node.shape[0]; ++head) {
      for (std::int64_t channel = 0; channel < node.shape[3]; ++channel) {
        maps.push_back(head_map(window, layer, static_cast<std::size_t>(head),
                                static_cast<std::size_t>(channel)));
      }
    }
  }
  return maps;
}

}  // namespace espalier
