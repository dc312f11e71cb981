#include "apps/f64/explain/onlookers.h"

namespace espalier {

using double_precision::ExplainedStep;

Var NodeRecorder::activation(const Forward&, Site site, Var x) const {
  if (record_ != nullptr && site == Site::attention) record_->attention.push_back(x.index());
  return x;
}

Var NodeRecorder::next_state(const Forward& pass, RecurrentState state, Var previous,
                             Var next) const {
  if (record_ == nullptr) return next;
  const bool hidden = state == RecurrentState::hidden;
  // Layers name what they compute; this is a regularizer's.
  if (*next.node().name == '\0') next.node().name = hidden ? "next h" : "next c";
  if (hidden) begin_step(previous, next);
  // A cell state comes after the hidden state of its step.
  ExplainedStep& step = record_->recurrent_layers.back().back();
  for (std::uint32_t node = step.last + 1; node <= pass.tape().last().index(); ++node) {
    if (*pass.tape().node(node).name != '\0') step.gates.push_back(node);
  }
  step.last = pass.tape().last().index();
  return next;
}

void NodeRecorder::begin_step(Var previous, Var next) const {
  auto& layers = record_->recurrent_layers;
  // The first step of a layer goes on from no other's state.
  const bool same_layer = !layers.empty() && layers.back().back().next_h == previous.index();
  const std::uint32_t before = same_layer ? layers.back().back().last : previous.index();
  if (!same_layer) layers.emplace_back();
  layers.back().push_back(
      {.first = before + 1, .last = before, .gates = {}, .next_h = next.index()});
}

}  // namespace espalier
