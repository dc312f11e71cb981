#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "apps/explain/explanation_text.h"
#include "apps/explain/layout.h"
#include "apps/explain/text_table.h"

namespace espalier {

using double_precision::ComparedDerivative;
using double_precision::ExplainedNode;
using double_precision::ExplainedStep;
using double_precision::Explanation;

namespace {

constexpr std::size_t title_width = 14;
constexpr std::size_t shape_width = 9;

/// Columns fit 80 characters; a title or shape that is longer has a line of its own.
std::string node_line(const Explanation& inside, std::size_t k) {
  const ExplainedNode& node = inside.nodes[k];
  std::string title = node_title(node);
  std::string shape = shape_text(node.shape);
  std::string text = fmt::format("{:>4} ", k);
  if (character_count(title) > title_width || shape.size() > shape_width) {
    text += fmt::format("{} {}\n     ", std::exchange(title, ""), std::exchange(shape, ""));
  }
  const std::size_t steepest = node.steepest();
  const auto compared = std::ranges::find(node.compared, steepest, &ComparedDerivative::element);
  const std::string count = fmt::format("{}/{}", node.compared.size(), node.gradient.size());
  return text + fmt::format("{:<{}} {:<{}} {:7.1e} {:>6} {:10.3e} {:10.3e} {:5.0e} {:>6}\n", title,
                            title_width, shape, shape_width, node.gradient_norm(), steepest,
                            compared->backward, compared->difference, node.worst_error(),
                            inside.agrees(node) ? count : "WRONG");
}

/// Where node `k` ends a step, seen from the loss: that step's number.
std::optional<std::string> step_heading(const ExplainedWindow& window, std::size_t k) {
  const auto& layers = window.inside.recurrent_layers;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (std::size_t t = 0; t < layers[layer].size(); ++t) {
      if (layers[layer][t].last != k) continue;
      return fmt::format("layer {}, row {} of the window ({})\n", layer, t + 1,
                         window.input_times[t]);
    }
    if (layers[layer].front().first == k + 1) return fmt::format("layer {}, all rows\n", layer);
  }
  return std::nullopt;
}

}  // namespace

std::string gradients_text(const ExplainedWindow& window) {
  const Explanation& inside = window.inside;
  std::string text = "\nBACKWARD\n" + comparison_in_words(window) + "\n\n";
  text += fmt::format("{:>4} {:<{}} {:<{}} {:>7} {:>6} {:>10} {:>10} {:>5} {:>6}\n", "node", "what",
                      title_width, "shape", shape_width, "norm", "at", "backward", "difference",
                      "worst", "of");
  for (std::size_t k = inside.nodes.size(); k-- > 0;) {
    if (const auto heading = step_heading(window, k)) text += *heading;
    if (!inside.nodes[k].gradient.empty()) text += node_line(inside, k);
  }
  return text;
}

}  // namespace espalier
