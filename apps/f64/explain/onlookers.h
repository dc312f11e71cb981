#pragma once

#include "apps/f64/explain/explanation.h"
#include "apps/f64/step_by_step.h"
#include "core/forward.h"
#include "core/regularizer.h"
#include "core/tape.h"

namespace espalier {

/// Notes besides which nodes are a recurrent layer's steps, and which are attention weights. To
/// stand behind all regularizers: it sees what they have made.
class NodeRecorder final : public StepByStep {
 public:
  /// From here on; nullptr: note nothing.
  void record_to(double_precision::Explanation* record) { record_ = record; }

  Var activation(const Forward& pass, Site site, Var x) const override;
  Var next_state(const Forward& pass, RecurrentState state, Var previous, Var next) const override;

 private:
  /// Of the layer under way, or of the next.
  void begin_step(Var previous, Var next) const;

  double_precision::Explanation* record_ = nullptr;
};

/// Puts another value in place of one element of one node, before anything has read it.
class MovedElement final : public TapeObserver {
 public:
  void choose(std::uint32_t node, std::size_t element) {
    node_ = node;
    element_ = static_cast<std::int64_t>(element);
  }
  void on_forward(Var node) override {
    if (node.index() == node_) node.value()[element_] = value;
  }

  real value = 0;

 private:
  std::uint32_t node_ = 0;
  std::int64_t element_ = 0;
};

}  // namespace espalier
