#include "core/forward.h"

#include <algorithm>

namespace espalier {

Forward::Forward(Tape& tape, const Regularizers& regularizers, Purpose purpose, std::uint64_t pass,
                 std::span<const std::size_t> windows)
    : tape_(tape), regularizers_(regularizers), purpose_(purpose), pass_(pass), windows_(windows) {}

Var Forward::parameter(const Parameter& parameter) {
  const bool pruned_gradients = std::ranges::any_of(
      regularizers_, [](const auto& regularizer) { return regularizer->needs_pruned_gradients(); });
  Var w = tape_.parameter(parameter, pruned_gradients);
  tape_.complete();  // what a hook draws before it records a node belongs to that node
  for (const auto& regularizer : regularizers_) w = regularizer->weight(*this, parameter, w);
  return w;
}

Var Forward::activation(Site site, Var x) {
  ++calls_;
  tape_.complete();
  for (const auto& regularizer : regularizers_) x = regularizer->activation(*this, site, x);
  return x;
}

Var Forward::penalised(Var loss) const {
  tape_.complete();
  for (const auto& regularizer : regularizers_) loss = regularizer->penalty(*this, loss);
  return loss;
}

bool Forward::acts_on_states() const {
  return std::ranges::any_of(regularizers_, [this](const auto& regularizer) {
    return regularizer->acts_on_states(*this);
  });
}

Var Forward::next_state(RecurrentState state, Var previous, Var next) {
  ++calls_;
  tape_.complete();
  for (const auto& regularizer : regularizers_) {
    next = regularizer->next_state(*this, state, previous, next);
  }
  return next;
}

RandomKey Forward::pass_key(RandomKey key) const {
  const RandomKey purpose = training() ? key : key.derive("evaluation");
  return purpose.derive(pass_);
}

RandomKey Forward::call_key(RandomKey key) const {
  return pass_key(key).derive(calls_);
}

RandomKey Forward::sequence_key(RandomKey key) const {
  return pass_key(key).derive("sequence").derive(sequences_);
}

}  // namespace espalier
