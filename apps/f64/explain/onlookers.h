#pragma once

#include <string>
#include <vector>

#include "apps/f64/explain/explanation.h"
#include "apps/f64/step_by_step.h"
#include "core/forward.h"
#include "core/regularizer.h"
#include "core/tape.h"

namespace espalier {

/// Notes besides which nodes are a recurrent layer's steps, and which are attention weights.
class NodeRecorder final : public StepByStep {
 public:
  explicit NodeRecorder(double_precision::Explanation& record) : record_(record) {}

  Var activation(const Forward& pass, Site site, Var x) const override;
  Var next_state(const Forward& pass, RecurrentState state, Var previous, Var next) const override;

 private:
  double_precision::Explanation& record_;
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

/// After an op's backward, makes what it handed to its inputs wrong by a hundredth.
class WrongDerivative final : public TapeObserver {
 public:
  explicit WrongDerivative(std::string op) : op_(std::move(op)) {}

  void on_backward(Var node) override;

 private:
  std::string op_;
};

}  // namespace espalier
