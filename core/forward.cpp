#include "core/forward.h"

namespace espalier {

Forward::Forward(Tape& tape, const Regularizers& regularizers, Purpose purpose, std::uint64_t pass)
    : tape_(tape), regularizers_(regularizers), purpose_(purpose), pass_(pass) {}

Var Forward::parameter(const Parameter& parameter) {
  Var w = tape_.parameter(parameter);
  for (const auto& regularizer : regularizers_) w = regularizer->weight(*this, parameter, w);
  return w;
}

Var Forward::activation(Site site, Var x) {
  ++calls_;
  for (const auto& regularizer : regularizers_) x = regularizer->activation(*this, site, x);
  return x;
}

Var Forward::penalised(Var loss) const {
  for (const auto& regularizer : regularizers_) loss = regularizer->penalty(*this, loss);
  return loss;
}

RandomKey Forward::call_key(RandomKey key) const {
  const RandomKey purpose = training() ? key : key.derive("evaluation");
  return purpose.derive(pass_).derive(calls_);
}

}  // namespace espalier
