#pragma once

#include "apps/f64/explain/explanation.h"
#include "core/forward.h"
#include "core/regularizer.h"
#include "core/tape.h"

namespace espalier {

/// Changes nothing, but makes recurrent layers go step by step, so that their gates are nodes.
/// Notes which nodes are those steps, and which are attention weights. To stand behind all
/// regularizers: it sees what they have made.
class NodeRecorder final : public Regularizer {
 public:
  /// From here on; nullptr: note nothing.
  void record_to(double_precision::Explanation* record) { record_ = record; }

  bool acts_on_states(const Forward&) const override { return true; }
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
