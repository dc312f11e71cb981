#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/forward.h"
#include "core/regularizer.h"

namespace espalier::test {

/// What an Onlooker has seen.
struct Record {
  struct Activation {
    Site site;
    Shape shape;
    std::vector<real> values;
  };
  struct State {
    RecurrentState state;
    std::vector<real> previous, next;
  };

  std::vector<Activation> activations;
  std::vector<State> states;

  /// The values of all activations at `site`, in their order.
  std::vector<std::vector<real>> at(Site site) const {
    std::vector<std::vector<real>> found;
    for (const Activation& activation : activations) {
      if (activation.site == site) found.push_back(activation.values);
    }
    return found;
  }
};

/// Changes nothing and notes what passes by: one before a regularizer and one after it show what
/// that one does.
class Onlooker final : public Regularizer {
 public:
  /// `steps`: whether it makes recurrent layers go step by step.
  Onlooker(Record& record, bool steps) : record_(record), steps_(steps) {}

  bool acts_on_states(const Forward&) const override { return steps_; }
  Var activation(const Forward&, Site site, Var x) const override {
    record_.activations.push_back({site, x.shape(), elements(x)});
    return x;
  }
  Var next_state(const Forward&, RecurrentState state, Var previous, Var next) const override {
    record_.states.push_back({state, elements(previous), elements(next)});
    return next;
  }

 private:
  static std::vector<real> elements(Var x) {
    return {x.value().span().begin(), x.value().span().end()};
  }

  Record& record_;
  bool steps_;
};

/// One regularizer as a network takes them.
template <typename R, typename... Arguments>
Regularizers only(Arguments&&... arguments) {
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<R>(std::forward<Arguments>(arguments)...));
  return regularizers;
}

}  // namespace espalier::test
