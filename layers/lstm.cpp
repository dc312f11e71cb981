#include "layers/lstm.h"

#include "core/ops.h"

namespace espalier {

namespace {

/// As lstm_sequence says.
RecurrentStates step(Var from_x, Var from_h, const RecurrentStates& previous) {
  const std::int64_t hidden = previous.h.shape()[0];
  const Var gates = add(from_x, from_h);
  const Var i = sigmoid(slice(gates, 0, hidden));
  const Var f = sigmoid(slice(gates, hidden, 2 * hidden));
  const Var g = tanh(slice(gates, 2 * hidden, 3 * hidden));
  const Var o = sigmoid(slice(gates, 3 * hidden, 4 * hidden));
  const Var c = add(mul(f, *previous.c), mul(i, g));
  return {.h = mul(o, tanh(c)), .c = c};
}

}  // namespace

Var Lstm::forward(Forward& pass, Var x, std::vector<Var>* states) const {
  return layers_.forward(pass, x, lstm_sequence, step, states);
}

}  // namespace espalier
