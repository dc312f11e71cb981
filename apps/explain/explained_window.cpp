#include "apps/explain/explained_window.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace espalier {

using double_precision::ExplainedNode;

std::string element_text(const std::vector<std::int64_t>& shape, std::size_t element) {
  std::string text;
  auto rest = static_cast<std::int64_t>(element);
  for (auto size = shape.rbegin(); size != shape.rend(); ++size) {
    text = fmt::format("{}{}", rest % *size, text.empty() ? "" : "," + text);
    rest /= *size;
  }
  return "[" + text + "]";
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ","));
}

std::string node_title(const ExplainedNode& node) {
  return node.name.empty() ? node.op : node.name + " = " + node.op;
}

std::string token_rows(const ExplainedWindow& window, std::size_t token) {
  const auto [begin, end] = window.inside.patches[token];
  const std::int64_t rows = std::ssize(window.input_times);
  const std::int64_t first = std::min(begin, rows - 1) + 1;
  const std::int64_t last = std::min(end, rows);
  return fmt::format("{}{}{}", first, last > first ? fmt::format("-{}", last) : "",
                     end > rows ? "+" : "");
}

double attention_weight(const ExplainedNode& weights, std::size_t head, std::size_t query,
                        std::size_t key, std::size_t channel) {
  const auto tokens = static_cast<std::size_t>(weights.shape[1]);
  const auto channels = static_cast<std::size_t>(weights.shape[3]);
  return weights.values[((head * tokens + query) * tokens + key) * channels + channel];
}

std::string attention_title(const ExplainedWindow& window, std::size_t layer, std::size_t head,
                            std::size_t channel) {
  const ExplainedNode& weights = window.inside.nodes[window.inside.attention[layer]];
  // Channels are samples of their own only where each target is forecast from itself.
  return fmt::format("Layer {}, head {}{}", layer, head,
                     weights.shape[3] > 1 ? ", " + window.targets[channel] : "");
}

const ExplainedNode* find_gate(const ExplainedWindow& window,
                               const double_precision::ExplainedStep& step, std::string_view name) {
  const auto gate = std::ranges::find(step.gates, name, [&](std::uint32_t node) {
    return std::string_view(window.inside.nodes[node].name);
  });
  return gate == step.gates.end() ? nullptr : &window.inside.nodes[*gate];
}

std::size_t hidden_units(const ExplainedWindow& window, std::size_t layer) {
  const auto& last = window.inside.recurrent_layers[layer].back();
  return window.inside.nodes[last.next_h].values.size();
}

std::vector<std::size_t> strongest_units(const ExplainedWindow& window, std::size_t layer,
                                         std::size_t most) {
  const auto& last = window.inside.recurrent_layers[layer].back();
  const std::vector<double>& h = find_gate(window, last, "h")->values;
  std::vector<std::size_t> units(h.size());
  std::iota(units.begin(), units.end(), std::size_t{0});
  std::ranges::stable_sort(units, std::ranges::greater(),
                           [&h](std::size_t unit) { return std::abs(h[unit]); });
  units.resize(std::min(most, units.size()));
  return units;
}

}  // namespace espalier
