#include "apps/f64/explain/onlookers.h"

#include <string_view>

namespace espalier {

using double_precision::ExplainedStep;

Var NodeRecorder::activation(const Forward&, Site site, Var x) const {
  if (site == Site::attention) record_.attention.push_back(x.index());
  return x;
}

Var NodeRecorder::next_state(const Forward& pass, RecurrentState state, Var previous,
                             Var next) const {
  if (state != RecurrentState::hidden) return next;
  auto& layers = record_.recurrent_layers;
  // The first step of a layer goes on from no other's state.
  const auto goes_on = [&](const ExplainedStep& step) {
    for (const std::uint32_t gate : step.gates) {
      if (gate == previous.index()) return true;
    }
    return false;
  };
  const bool same_layer = !layers.empty() && goes_on(layers.back().back());
  if (!same_layer) layers.emplace_back();
  ExplainedStep step{
      .first = same_layer ? layers.back().back().last + 1 : previous.index() + 1,
      .last = pass.tape().last().index(),
      .gates = {},
  };
  for (std::uint32_t node = step.first; node <= step.last; ++node) {
    if (*pass.tape().node(node).name != '\0') step.gates.push_back(node);
  }
  layers.back().push_back(std::move(step));
  return next;
}

void WrongDerivative::on_backward(Var node) {
  if (node.node().op != std::string_view(op_)) return;
  for (const Var input : node.node().inputs) {
    if (!input.needs_grad()) continue;
    for (real& slope : input.grad().span()) slope *= 1.01;
  }
}

}  // namespace espalier
